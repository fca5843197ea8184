#include <regex>
#include <string_view>

#include "pointer_text.h"
#include "text_lines.h"

namespace pghaul::platform {
namespace {

/// The parts of a URI. `access` is user and password with their '@', `port` has its ':', `rest` its
/// parameters.
struct Uri {
  std::string text, scheme, access, host, port, database, rest;
};

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string encoded(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kDigits[code / 16], kDigits[code % 16]};
    }
  }
  return out;
}

/// Takes quotes around a value off.
std::string unquoted(std::string value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    return value.substr(1, value.size() - 2);
  return value;
}

std::string variable_name(const std::string& line) {
  std::string name = setting(line).first;
  return name.starts_with("export ") ? trimmed(name.substr(7)) : name;
}

/// Returns the URI that a line gives a variable.
std::optional<Uri> uri_of(const std::string& line, const std::string& variable) {
  static const std::regex kUri(R"((postgres(?:ql)?://)((?:[^@/?]*@)?)([^:/?]*)((?::\d+)?)/([^?]*)(.*))");
  const std::string value = unquoted(setting(line).second);
  std::smatch parts;
  if (variable_name(line) != variable || !std::regex_match(value, parts, kUri)) return std::nullopt;
  return Uri{value, parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]};
}

std::optional<Uri> find_uri(const std::string& text, const std::string& variable) {
  for (const std::string& line : lines_of(text)) {
    if (auto uri = uri_of(line, variable)) return uri;
  }
  return std::nullopt;
}

/// Changes the URIs of a variable; quotes and what else is in their lines stay.
template <typename Change>
std::string change_uris(const std::string& text, const std::string& variable, Change change) {
  Lines lines = lines_of(text);
  for (std::string& line : lines) {
    auto uri = uri_of(line, variable);
    if (!uri) continue;
    change(*uri);
    line.replace(line.find(uri->text), uri->text.size(),
                 uri->scheme + uri->access + uri->host + uri->port + "/" + uri->database + uri->rest);
  }
  return joined(lines);
}

}  // namespace

std::optional<Address> read_variable(const std::string& text, const std::string& variable) {
  const auto uri = find_uri(text, variable);
  if (!uri) return std::nullopt;
  return Address{decoded(uri->host), uri->port.empty() ? "5432" : uri->port.substr(1),
                 decoded(uri->database)};
}

std::string write_variable(const std::string& text, const std::string& variable, const Address& address) {
  return change_uris(text, variable, [&](Uri& uri) {
    uri.host = encoded(address.host);
    uri.port = ":" + address.port;
    uri.database = encoded(address.database);
  });
}

std::optional<Login> read_variable_login(const std::string& text, const std::string& variable) {
  const auto uri = find_uri(text, variable);
  if (!uri) return std::nullopt;
  const std::string access = uri->access.substr(0, uri->access.find('@'));
  const std::size_t colon = access.find(':');
  const std::string password = colon == std::string::npos ? "" : access.substr(colon + 1);
  return if_named({decoded(access.substr(0, colon)), decoded(password)});
}

std::string write_variable_login(const std::string& text, const std::string& variable, const Login& login) {
  return change_uris(text, variable, [&](Uri& uri) {
    uri.access = encoded(login.user) + ":" + encoded(login.password) + "@";
  });
}

}  // namespace pghaul::platform
