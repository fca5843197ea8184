#include "pointer_text.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <string_view>
#include <vector>

namespace pghaul::platform {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

/// Returns what stands before and after the first '='.
std::pair<std::string, std::string> setting(const std::string& line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos || trimmed(line).starts_with('#') || trimmed(line).starts_with(';'))
    return {};
  return {trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))};
}

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

std::vector<std::string> words(const std::string& text) {
  std::istringstream all(text);
  std::vector<std::string> found;
  for (std::string word; all >> word;) found.push_back(word);
  return found;
}

/// scheme, user and password, host, port, database, parameters
const std::regex kUri(R"((postgres(?:ql)?://)((?:[^@/?]*@)?)([^:/?]*)((?::\d+)?)/([^?]*)(.*))");

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

}  // namespace

std::optional<Address> read_service(const std::string& text, const std::string& section) {
  const Lines lines = lines_of(text);
  const auto found = find_section(lines, section);
  if (!found) return std::nullopt;
  Address address{.host = "", .port = "5432", .database = ""};
  for (std::size_t at = found->begin; at < found->end; ++at) {
    const auto [key, value] = setting(lines[at]);
    assign(address, key, value);
  }
  return address;
}

std::string write_service(const std::string& text, const std::string& section, const Address& address) {
  const Lines lines = lines_of(text);
  const auto found = find_section(lines, section);
  if (!found) return text;
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(found->begin);
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(found->end);
  Lines result(lines.begin(), begin);
  for (const std::string& line : settings_of(address)) result.push_back(line);
  std::copy_if(begin, end, std::back_inserter(result),
               [](const std::string& line) { return !is_of_address(setting(line).first); });
  result.insert(result.end(), end, lines.end());
  return joined(result);
}

std::optional<Address> read_pool(const std::string& text, const std::string& name) {
  for (const std::string& line : lines_of(text)) {
    const auto [key, value] = setting(line);
    if (key != name) continue;
    Address address{.host = "", .port = "5432", .database = name};
    for (const std::string& word : words(value)) {
      const auto [its_key, its_value] = setting(word);
      assign(address, its_key, its_value);
    }
    return address;
  }
  return std::nullopt;
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

std::optional<Address> read_variable(const std::string& text, const std::string& variable) {
  for (const std::string& line : lines_of(text)) {
    std::smatch parts;
    const std::string value = unquoted(setting(line).second);
    if (variable_name(line) != variable || !std::regex_match(value, parts, kUri)) continue;
    const std::string port = parts[4].str();
    return Address{decoded(parts[3]), port.empty() ? "5432" : port.substr(1), decoded(parts[5])};
  }
  return std::nullopt;
}

std::string write_variable(const std::string& text, const std::string& variable, const Address& address) {
  Lines lines = lines_of(text);
  for (std::string& line : lines) {
    std::smatch parts;
    const std::string value = unquoted(setting(line).second);
    if (variable_name(line) != variable || !std::regex_match(value, parts, kUri)) continue;
    const std::string uri = parts[1].str() + parts[2].str() + encoded(address.host) + ":" + address.port +
                            "/" + encoded(address.database) + parts[6].str();
    line.replace(line.find(value), value.size(), uri);
  }
  return joined(lines);
}

}  // namespace pghaul::platform
