#include "pointer_text.h"

#include <algorithm>
#include <cctype>

#include "text_lines.h"

namespace pghaul::platform {
namespace {

struct Section {
  std::size_t begin = 0;  // the line after its heading
  std::size_t end = 0;
};

std::optional<Section> find_section(const Lines& lines, const std::string& name) {
  const auto heading = std::ranges::find(lines, "[" + name + "]", trimmed);
  if (heading == lines.end()) return std::nullopt;
  const auto end = std::find_if(heading + 1, lines.end(),
                                [](const std::string& line) { return trimmed(line).starts_with('['); });
  return Section{static_cast<std::size_t>(heading - lines.begin()) + 1,
                 static_cast<std::size_t>(end - lines.begin())};
}

void assign(Address& address, const std::string& key, const std::string& value) {
  if (key == "host") address.host = value;
  if (key == "port") address.port = value;
  if (key == "dbname") address.database = value;
}

Lines settings_of(const Address& address) {
  return {"host=" + address.host, "port=" + address.port, "dbname=" + address.database};
}

bool is_of_address(const std::string& key) {
  return key == "host" || key == "hostaddr" || key == "port" || key == "dbname";
}

void assign(Login& login, const std::string& key, const std::string& value) {
  if (key == "user") login.user = value;
  if (key == "password") login.password = value;
}

Lines settings_of(const Login& login) {
  if (login.password.empty()) return {"user=" + login.user};
  return {"user=" + login.user, "password=" + login.password};
}

bool is_of_login(const std::string& key) {
  return key == "user" || key == "password";
}

/// Splits what PgBouncer has of a database into settings such as "host=db1"; blanks may stand between quotes,
/// which begin right after '='.
Lines pool_words(const std::string& text) {
  Lines words(1);
  bool within = false;
  for (const char c : text) {
    const bool begins = words.back().ends_with('=') || words.back().find("='") != std::string::npos;
    if (c == '\'' && (within || begins)) within = !within;
    if (within || std::isspace(static_cast<unsigned char>(c)) == 0) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Takes the quotes off the value of a setting of PgBouncer's; those within it are doubled.
std::string pool_value(const std::string& value) {
  if (!value.starts_with('\'')) return value;
  std::string plain;
  for (std::size_t at = 1; at < value.size(); ++at) {
    if (value[at] == '\'' && ++at >= value.size()) break;
    plain += value[at];
  }
  return plain;
}

/// Writes a setting as PgBouncer reads it.
std::string pool_setting(const std::string& one) {
  const auto [key, value] = setting(one);
  if (!value.empty() && value.find_first_of(" \t'") == std::string::npos) return one;
  std::string text = key + "='";
  for (const char c : value) text += c == '\'' ? "''" : std::string(1, c);
  return text + "'";
}

/// Returns the lines of a section.
std::optional<Lines> section_lines(const std::string& text, const std::string& section) {
  const Lines lines = lines_of(text);
  const auto found = find_section(lines, section);
  if (!found) return std::nullopt;
  return Lines(lines.begin() + static_cast<std::ptrdiff_t>(found->begin),
               lines.begin() + static_cast<std::ptrdiff_t>(found->end));
}

/// Finds the line "NAME = host=… port=…".
Lines::iterator find_pool(Lines& lines, const std::string& name) {
  return std::ranges::find_if(lines, [&](const std::string& one) { return setting(one).first == name; });
}

/// Returns the settings of that line, without quotes.
std::optional<Lines> pool_settings(const std::string& text, const std::string& name) {
  Lines lines = lines_of(text);
  const auto line = find_pool(lines, name);
  if (line == lines.end()) return std::nullopt;
  Lines settings = pool_words(setting(*line).second);
  for (std::string& one : settings) {
    const auto [key, value] = setting(one);
    one = key + "=" + pool_value(value);
  }
  return settings;
}

/// Returns the settings of a line whose key is not `theirs`, as they are.
Lines other_words(const std::string& line, bool (*theirs)(const std::string& key)) {
  Lines words = pool_words(setting(line).second);
  std::erase_if(words, [&](const std::string& word) { return theirs(setting(word).first); });
  return words;
}

std::string pool_line(const std::string& name, const Lines& first, const Lines& then) {
  std::string line = name + " =";
  for (const Lines& words : {first, then}) {
    for (const std::string& word : words) line += " " + word;
  }
  return line;
}

Lines as_pool_words(Lines settings) {
  std::ranges::transform(settings, settings.begin(), pool_setting);
  return settings;
}

/// Reads an Address or a Login from settings such as "host=db1"; what they don't have stays as in
/// `otherwise`.
template <typename T>
T read_settings(const Lines& settings, T otherwise) {
  for (const std::string& one : settings) {
    const auto [key, value] = setting(one);
    assign(otherwise, key, value);
  }
  return otherwise;
}

/// Puts settings at the beginning of a section, in place of those whose key is `theirs`.
std::string replaced(const std::string& text, const std::string& section, const Lines& settings,
                     bool (*theirs)(const std::string& key)) {
  const Lines lines = lines_of(text);
  const auto found = find_section(lines, section);
  if (!found) return text;
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(found->begin);
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(found->end);
  Lines result(lines.begin(), begin);
  result.insert(result.end(), settings.begin(), settings.end());
  std::copy_if(begin, end, std::back_inserter(result),
               [&](const std::string& line) { return !theirs(setting(line).first); });
  result.insert(result.end(), end, lines.end());
  return joined(result);
}

}  // namespace

std::optional<Address> read_service(const std::string& text, const std::string& section) {
  const auto lines = section_lines(text, section);
  if (!lines) return std::nullopt;
  return read_settings(*lines, Address{.host = "", .port = "5432", .database = ""});
}

std::string write_service(const std::string& text, const std::string& section, const Address& address) {
  return replaced(text, section, settings_of(address), is_of_address);
}

std::optional<Address> read_pool(const std::string& text, const std::string& name) {
  const auto settings = pool_settings(text, name);
  if (!settings) return std::nullopt;
  return read_settings(*settings, Address{.host = "", .port = "5432", .database = name});
}

std::string write_pool(const std::string& text, const std::string& name, const Address& address) {
  Lines lines = lines_of(text);
  auto line = find_pool(lines, name);
  if (line == lines.end()) {
    if (!find_section(lines, "databases")) lines.emplace_back("[databases]");
    const auto begin = static_cast<std::ptrdiff_t>(find_section(lines, "databases")->begin);
    line = lines.insert(lines.begin() + begin, name + " =");
  }
  *line = pool_line(name, as_pool_words(settings_of(address)), other_words(*line, is_of_address));
  return joined(lines);
}

std::string remove_pool(const std::string& text, const std::string& name) {
  Lines lines = lines_of(text);
  if (const auto line = find_pool(lines, name); line != lines.end()) lines.erase(line);
  return joined(lines);
}

std::optional<Login> read_service_login(const std::string& text, const std::string& section) {
  const auto lines = section_lines(text, section);
  return lines ? if_named(read_settings(*lines, Login())) : std::nullopt;
}

std::string write_service_login(const std::string& text, const std::string& section, const Login& login) {
  return replaced(text, section, settings_of(login), is_of_login);
}

std::optional<Login> read_pool_login(const std::string& text, const std::string& name) {
  const auto settings = pool_settings(text, name);
  return settings ? if_named(read_settings(*settings, Login())) : std::nullopt;
}

std::string write_pool_login(const std::string& text, const std::string& name, const Login& login) {
  Lines lines = lines_of(text);
  if (const auto line = find_pool(lines, name); line != lines.end())
    *line = pool_line(name, other_words(*line, is_of_login), as_pool_words(settings_of(login)));
  return joined(lines);
}

}  // namespace pghaul::platform
