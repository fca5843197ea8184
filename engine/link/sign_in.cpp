#include "link/sign_in.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <system_error>
#include <vector>

#include "base/error_codes.h"
#include "base/units.h"
#include "link/local_socket.h"

namespace pghaul::link {
namespace {

// Source  PostgreSQL manual, "Frontend/Backend Protocol", "Message Formats".
constexpr std::uint32_t kCancelRequest = 80877102;
constexpr std::uint32_t kEncryptionRequests[] = {80877103, 80877104};  // TLS, GSSAPI
constexpr std::uint32_t kMajorVersion = 3;
constexpr std::size_t kMostRequestBytes = 64_KiB;

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

void append_number(std::string& text, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFF);
}

std::string message(char type, const std::string& body) {
  std::string text(1, type);
  append_number(text, static_cast<std::uint32_t>(body.size() + 4));
  return text + body;
}

tl::unexpected<Error> not_libpq() {
  return fail(ErrorCode::connection_lost,
              "a client of the link's socket does not speak PostgreSQL's protocol");
}

/// Takes the text up to the next zero byte, and skips that.
std::string take_string(std::string_view& text) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  std::string taken(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

Fields parameters_in(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Fields parameters;
  while (!text.empty() && text.front() != '\0') {
    const std::string name = take_string(text);
    parameters[name] = take_string(text);
  }
  return parameters;
}

/// Reads an error code; whatever the other half sends becomes one that exists.
ErrorCode code_in(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  const auto known =
      std::ranges::find(error_codes(), static_cast<ErrorCode>(number), &ErrorCodeMeaning::code);
  const bool good = known != error_codes().end() && known->code != ErrorCode::ok;
  return good ? known->code : ErrorCode::connection_failed;
}

}  // namespace

std::string pack_fields(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) (text += name + '\0') += value + '\0';
  return text;
}

Result<Fields> unpack_fields(std::string_view text) {
  if (!text.empty() && text.back() != '\0') {
    return fail(ErrorCode::connection_lost, "protocol error on the link: a list without its end");
  }
  Fields fields;
  while (!text.empty()) {
    const std::string name = take_string(text);
    fields[name] = take_string(text);
  }
  return fields;
}

std::string pack_error(const Error& error) {
  return pack_fields({{"code", std::to_string(static_cast<int>(error.code))},
                      {"message", error.message},
                      {"sqlstate", error.sqlstate},
                      {"hint", error.hint}});
}

std::string field_in(const Fields& fields, const std::string& name) {
  const auto field = fields.find(name);
  return field == fields.end() ? std::string{} : field->second;
}

int number_in(const Fields& fields, const std::string& name) {
  const std::string digits = field_in(fields, name);
  const char* const all = digits.data() + digits.size();
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), all, number);
  return error == std::errc() && end == all ? number : 0;
}

Error unpack_error(std::string_view text) {
  const Result<Fields> fields = unpack_fields(text);
  if (!fields) return fields.error();
  return {.code = code_in(field_in(*fields, "code")),
          .message = field_in(*fields, "message"),
          .sqlstate = field_in(*fields, "sqlstate"),
          .hint = field_in(*fields, "hint")};
}

Result<Request> read_request(LocalSocket& socket) {
  for (;;) {
    std::array<std::byte, 8> head{};
    if (const Status got = socket.read_all(head); !got) return fail(got.error());
    const std::uint32_t length = number_at(head, 0);
    const std::uint32_t code = number_at(head, 4);
    if (length < head.size() || length > kMostRequestBytes) return not_libpq();
    std::vector<std::byte> body(length - head.size());
    if (const Status got = socket.read_all(body); !got) return fail(got.error());
    if (code == kEncryptionRequests[0] || code == kEncryptionRequests[1]) {
      if (const Status said = socket.decline(); !said) return fail(said.error());
      continue;
    }
    if (code == kCancelRequest && body.size() >= 8) {
      return Request{.kind = Request::Kind::cancel, .channel = number_at(body, 4)};
    }
    if (code >> 16 != kMajorVersion) return not_libpq();
    return Request{.parameters = parameters_in(body)};
  }
}

std::string welcome(const Fields& server_parameters, int backend_pid, std::uint32_t channel) {
  std::string text = message('R', std::string(4, '\0'));  // AuthenticationOk
  for (const auto& [name, value] : server_parameters) text += message('S', name + '\0' + value + '\0');
  std::string key;
  append_number(key, static_cast<std::uint32_t>(backend_pid));
  append_number(key, channel);
  return text + message('K', key) + message('Z', "I");
}

std::string error_message(const Error& error) {
  std::string fields;
  const auto field = [&](char which, const std::string& text) {
    if (!text.empty()) (fields += which) += text + '\0';
  };
  field('S', "FATAL");
  field('V', "FATAL");
  field('C', error.sqlstate);
  field('M', error.message);
  field('H', error.hint);
  fields += '\0';
  return message('E', fields);
}

}  // namespace pghaul::link
