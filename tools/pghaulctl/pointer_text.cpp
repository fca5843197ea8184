#include "pointer_text.h"

#include <algorithm>
#include <sstream>
#include <vector>

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
  return {"user=" + login.user, "password=" + login.password};
}

bool is_of_login(const std::string& key) {
  return key == "user" || key == "password";
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream all(text);
  std::vector<std::string> found;
  for (std::string word; all >> word;) found.push_back(word);
  return found;
}

/// Returns the lines of a section.
std::optional<Lines> section_lines(const std::string& text, const std::string& section) {
  const Lines lines = lines_of(text);
  const auto found = find_section(lines, section);
  if (!found) return std::nullopt;
  return Lines(lines.begin() + static_cast<std::ptrdiff_t>(found->begin),
               lines.begin() + static_cast<std::ptrdiff_t>(found->end));
}

/// Returns the settings of a line "NAME = host=… port=…".
std::optional<Lines> pool_settings(const std::string& text, const std::string& name) {
  for (const std::string& line : lines_of(text)) {
    const auto [key, value] = setting(line);
    if (key == name) return words(value);
  }
  return std::nullopt;
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

std::string write_pool(const std::string& text, const std::string& name,
                       const std::optional<Address>& address) {
  Lines lines = lines_of(text);
  const auto line =
      std::ranges::find_if(lines, [&](const std::string& one) { return setting(one).first == name; });
  if (!address) {
    if (line != lines.end()) lines.erase(line);
    return joined(lines);
  }
  Lines keywords = settings_of(*address);
  if (line != lines.end()) {
    for (const std::string& word : words(setting(*line).second)) {
      if (!is_of_address(setting(word).first)) keywords.push_back(word);
    }
  }
  std::string written = name + " =";
  for (const std::string& one : keywords) written += " " + one;
  if (line != lines.end()) {
    *line = written;
  } else {
    if (!find_section(lines, "databases")) lines.emplace_back("[databases]");
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(find_section(lines, "databases")->begin),
                 written);
  }
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
  for (std::string& line : lines) {
    const auto [key, value] = setting(line);
    if (key != name) continue;
    std::string written = name + " =";
    for (const std::string& word : words(value)) {
      if (!is_of_login(setting(word).first)) written += " " + word;
    }
    for (const std::string& one : settings_of(login)) written += " " + one;
    line = written;
  }
  return joined(lines);
}

}  // namespace pghaul::platform
