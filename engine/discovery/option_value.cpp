#include "discovery/option_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace pghaul::discovery {
namespace {

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

std::optional<int> whole_number(std::string_view text, int least, int most) {
  const std::optional<int> number = number_in<int>(text);
  return number && *number >= least && *number <= most ? number : std::nullopt;
}

/// Reads "1h30m" as seconds.
std::optional<double> duration_in(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [stopped, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || !(number >= 0)) return std::nullopt;  // nan is none
    text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
    const char unit = text.empty() ? 's' : text.front();
    if (unit != 's' && unit != 'm' && unit != 'h') return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
    seconds += number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
  }
  return seconds;
}

std::string one_of(const std::vector<std::string>& choices) {
  return fmt::format("{} or {}", fmt::join(choices.begin(), choices.end() - 1, ", "), choices.back());
}

/// Makes a value that `parse` reads from a text, and `text` writes as one.
template <typename T, typename Parse, typename Text>
OptionValue parsed_value(const char* kind, std::string expects, Member<T> member, Parse parse, Text text) {
  const auto read = [member, parse](Options& options, const std::string& given) {
    std::optional<T> value = parse(given);
    if (value) member.of(options) = std::move(*value);
    return value.has_value();
  };
  const auto written = [member, text](const Options& options) -> std::string {
    return text(member.of(options));
  };
  const auto is_set = [written](const Options& options) { return written(options) != written(Options{}); };
  return {.kind = kind, .expects = std::move(expects), .read = read, .text = written, .is_set = is_set};
}

/// Values that are added one by one; `parse` reads one.
template <typename T, typename Parse>
OptionValue list_value(const char* kind, std::string expects, Member<std::vector<T>> member, Parse parse) {
  const auto read = [member, parse](Options& options, const std::string& given) {
    std::optional<T> value = parse(given);
    if (value) member.of(options).push_back(std::move(*value));
    return value.has_value();
  };
  const auto is_set = [member](const Options& options) { return !member.of(options).empty(); };
  return {.kind = kind, .expects = std::move(expects), .adds = true, .read = read, .is_set = is_set};
}

OptionValue flag_that_makes(bool when_true, Member<bool> member) {
  return parsed_value(
      "flag", "true or false", member,
      [when_true](const std::string& given) -> std::optional<bool> {
        if (given != "true" && given != "false") return std::nullopt;
        return (given == "true") == when_true;
      },
      [when_true](bool value) { return value == when_true ? "true" : "false"; });
}

template <typename T>
OptionValue named_choice(Member<T> member, const std::vector<T>& values, const char* (*name)(T) noexcept) {
  std::vector<std::string> choices(values.size());
  std::ranges::transform(values, choices.begin(), name);
  OptionValue choice = parsed_value(
      "choice", one_of(choices), member,
      [values, name](const std::string& given) -> std::optional<T> {
        const auto named = std::ranges::find(values, given, name);
        return named == values.end() ? std::nullopt : std::optional(*named);
      },
      name);
  choice.choices = std::move(choices);
  return choice;
}

}  // namespace

OptionValue flag(Member<bool> member) {
  return flag_that_makes(true, member);
}

OptionValue inverted_flag(Member<bool> member) {
  return flag_that_makes(false, member);
}

OptionValue any_text(Member<std::string> member) {
  return parsed_value(
      "text", {}, member, [](const std::string& given) { return std::optional(given); },
      [](const std::string& value) { return value; });
}

OptionValue patterns(Member<std::vector<std::string>> member) {
  OptionValue list = list_value<std::string>("pattern", {}, member,
                                             [](const std::string& given) { return std::optional(given); });
  list.text = [member](const Options& options) {
    return fmt::format("{}", fmt::join(member.of(options), "  "));
  };
  list.shown = [member](const Options& options) {
    std::string all;
    for (const std::string& pattern : member.of(options)) all += (all.empty() ? "" : " ") + pattern;
    return all;
  };
  return list;
}

OptionValue renamings(Member<std::map<std::string, std::string>> member) {
  const auto read = [member](Options& options, const std::string& given) {
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    member.of(options)[given.substr(0, equals)] = given.substr(equals + 1);
    return true;
  };
  const auto text = [member](const Options& options) {
    std::string all;
    for (const auto& [from, to] : member.of(options)) {
      if (!all.empty()) all += ' ';
      for (const char c : from + "=" + to) {
        if (c == ' ' || c == '\\') all += '\\';
        all += c;
      }
    }
    return all;
  };
  const auto is_set = [member](const Options& options) { return !member.of(options).empty(); };
  return {.kind = "text", .expects = "OLD=NEW", .adds = true, .read = read, .text = text, .is_set = is_set};
}

std::vector<std::string> split_renamings(std::string_view text) {
  std::vector<std::string> all;
  if (!text.empty()) all.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') {
      all.emplace_back();
      continue;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    all.back() += text[i];
  }
  return all;
}

OptionValue section() {
  const std::vector<std::string> choices{"pre-data", "data", "post-data"};
  const auto read = [choices](Options& options, const std::string& given) {
    if (std::ranges::find(choices, given) == choices.end()) return false;
    options.sections.insert(given);
    const bool data = options.sections.contains("data");
    options.schema_only = options.sections.size() == 2 && !data;
    options.data_only = options.sections.size() == 1 && data;
    return true;
  };
  const auto text = [](const Options& options) {
    return fmt::format("{}", fmt::join(options.sections, " "));
  };
  const auto is_set = [](const Options& options) { return !options.sections.empty(); };
  return {.kind = "choice",
          .expects = one_of(choices),
          .choices = choices,
          .adds = true,
          .read = read,
          .text = text,
          .is_set = is_set};
}

OptionValue workers(Member<int> member, int most) {
  OptionValue count = parsed_value(
      "count", fmt::format("a number of workers from 1 to {}", most), member,
      [most](const std::string& given) { return whole_number(given, 0, most); },
      [](int value) { return std::to_string(value); });
  count.automatic = "0";
  count.shown = [member](const Options& options) {
    return member.of(options) == 0 ? "chosen" : std::to_string(member.of(options));
  };
  return count;
}

OptionValue count(Member<int> member, int most) {
  return parsed_value(
      "count", fmt::format("a number from 1 to {}", most), member,
      [most](const std::string& given) { return whole_number(given, 1, most); },
      [](int value) { return std::to_string(value); });
}

OptionValue list_of_workers(Member<std::vector<int>> member, int most) {
  return list_value<int>("count", fmt::format("a number of workers from 1 to {}", most), member,
                         [most](const std::string& given) { return whole_number(given, 1, most); });
}

OptionValue seconds(Member<std::chrono::seconds> member, int least) {
  constexpr int kWeek = 7 * 24 * 3600;
  return parsed_value(
      "seconds", fmt::format("a number of seconds, from {} to a week", least), member,
      [least](const std::string& given) -> std::optional<std::chrono::seconds> {
        const std::optional<int> number = whole_number(given, least, kWeek);
        if (!number) return std::nullopt;
        return std::chrono::seconds(*number);
      },
      [](std::chrono::seconds value) { return std::to_string(value.count()); });
}

OptionValue duration(Member<double> member, double most, std::string expects) {
  return parsed_value(
      "duration", std::move(expects), member,
      [most](const std::string& given) {
        const std::optional<double> value = duration_in(given);
        return value && *value > 0 && *value <= most ? value : std::nullopt;
      },
      [](double value) { return fmt::format("{}", value); });
}

OptionValue size(Member<std::int64_t> member) {
  constexpr double kMost = 1e15;
  return parsed_value(
      "size", "a size such as 500MB, 20GB or 1TB, from 1MB on", member,
      [](std::string_view given) -> std::optional<std::int64_t> {
        for (const auto& [unit, bytes] : {std::pair{"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}}) {
          if (!given.ends_with(unit)) continue;
          const std::optional<double> number = number_in<double>(given.substr(0, given.size() - 2));
          const double size = number.value_or(0) * bytes;
          if (size >= 1e6 && size <= kMost) return static_cast<std::int64_t>(size);
        }
        return std::nullopt;
      },
      [](std::int64_t value) { return fmt::format("{}", value); });
}
OptionValue growth(Member<double> member) {
  constexpr double kMostPercent = 100'000;
  return parsed_value(
      "percentage", "a percentage such as 30%, more than -100% and at most 100000%", member,
      [](std::string_view given) -> std::optional<double> {
        if (given.ends_with('%')) given.remove_suffix(1);
        const std::optional<double> percent = number_in<double>(given);
        if (!percent || !(*percent > -100 && *percent <= kMostPercent)) return std::nullopt;
        return 1 + *percent / 100;
      },
      [](double value) { return fmt::format("{}", value); });
}

OptionValue compression(Member<transport::Compression> member) {
  OptionValue level = parsed_value(
      "compression", "auto, none, or a level of zstd from 1 to 19", member,
      [](const std::string& given) -> std::optional<transport::Compression> {
        const Result<transport::Compression> parsed = transport::Compression::parse(given);
        return parsed ? std::optional(*parsed) : std::nullopt;
      },
      [](const transport::Compression& value) { return value.text(); });
  level.shown = [member](const Options& options) {
    return std::to_string(member.of(options).level.value_or(0));  // of none, too: reports have always said 0
  };
  return level;
}

OptionValue past_copies(Member<std::vector<measure::PastCopy>> member) {
  return list_value<measure::PastCopy>("json", "a JSON object with predicted_seconds and seconds", member,
                                       measure::PastCopy::from_json);
}

OptionValue choice(Member<verify::Mode> member) {
  using verify::Mode;
  return named_choice(member, {Mode::none, Mode::counts, Mode::checksums}, &verify::mode_name);
}

OptionValue choice(Member<plan::Milestone> member) {
  using plan::Milestone;
  return named_choice(
      member,
      {Milestone::verified, Milestone::constraints, Milestone::indexes, Milestone::keys, Milestone::data},
      &plan::milestone_name);
}

OptionValue choice(Member<std::string> member, std::vector<std::string> choices) {
  OptionValue choice = any_text(member);
  choice.kind = "choice";
  choice.expects = one_of(choices);
  choice.read = [member, choices](Options& options, const std::string& given) {
    const bool known = std::ranges::find(choices, given) != choices.end();
    if (known) member.of(options) = given;
    return known;
  };
  choice.choices = std::move(choices);
  return choice;
}

}  // namespace pghaul::discovery
