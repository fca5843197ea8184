#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "discovery/options.h"

namespace pghaul::discovery {

/// The kind of value that an option takes, and the member of Options that holds it.
struct OptionValue {
  const char* kind;     // for programs: "flag", "text", "pattern", "count", "choice", …
  std::string expects;  // ends "takes …" and "give …": "pglz or lz4"; empty: any text is taken
  std::vector<std::string> choices;  // all there are; empty: not to be listed
  bool adds = false;                 // set again, it adds a value instead of replacing the one before
  const char* automatic = "";        // the value that leaves it to the engine; empty: there is none

  std::function<bool(Options&, const std::string&)> read;   // false: not a value, and nothing is changed
  std::function<std::string(const Options&)> text;          // as journals keep it: never changes
  std::function<bool(const Options&)> is_set;               // to something else than the default
  std::function<std::string(const Options&)> shown = text;  // as reports show it
};

/// A member of Options, or of its filters.
template <typename T>
class Member {
 public:
  Member(T Options::*member) : option_(member) {}
  Member(T schema::Filters::*member) : filter_(member) {}

  [[nodiscard]] T& of(Options& options) const {
    return option_ != nullptr ? options.*option_ : options.filters.*filter_;
  }
  [[nodiscard]] const T& of(const Options& options) const {
    return option_ != nullptr ? options.*option_ : options.filters.*filter_;
  }

 private:
  T Options::*option_ = nullptr;
  T schema::Filters::*filter_ = nullptr;
};

[[nodiscard]] OptionValue flag(Member<bool> member);
/// Makes a flag whose "true" makes the member false.
[[nodiscard]] OptionValue inverted_flag(Member<bool> member);
[[nodiscard]] OptionValue any_text(Member<std::string> member);
[[nodiscard]] OptionValue patterns(Member<std::vector<std::string>> member);
/// Makes OLD=NEW, of which there may be several. Its text has a backslash before blanks and backslashes.
[[nodiscard]] OptionValue renamings(Member<std::map<std::string, std::string>> member);
/// Splits such a text into each OLD=NEW.
[[nodiscard]] std::vector<std::string> split_renamings(std::string_view text);
/// Makes a section of pg_dump, of which there may be several; together they settle schema_only and data_only.
[[nodiscard]] OptionValue section();
/// Makes a number of workers; "0" has one chosen.
[[nodiscard]] OptionValue workers(Member<int> member, int most);
/// Makes a number from 1 on.
[[nodiscard]] OptionValue count(Member<int> member, int most);
[[nodiscard]] OptionValue list_of_workers(Member<std::vector<int>> member, int most);
/// Makes a whole number of seconds, at most a week.
[[nodiscard]] OptionValue seconds(Member<std::chrono::seconds> member, int least);
/// Makes a time such as "90", "90s", "20m" or "1h30m": more than 0, at most `most` seconds, which `expects`
/// words.
[[nodiscard]] OptionValue duration(Member<double> member, double most, std::string expects);
/// Makes a number of bytes such as "500MB" or "20GB", at least 1 MB.
[[nodiscard]] OptionValue size(Member<std::int64_t> member);
/// Makes a percentage: "30%" makes the member 1.3.
[[nodiscard]] OptionValue growth(Member<double> member);
[[nodiscard]] OptionValue compression(Member<transport::Compression> member);
[[nodiscard]] OptionValue past_copies(Member<std::vector<measure::PastCopy>> member);
[[nodiscard]] OptionValue choice(Member<verify::Mode> member);
[[nodiscard]] OptionValue choice(Member<plan::Milestone> member);
[[nodiscard]] OptionValue choice(Member<std::string> member, std::vector<std::string> choices);

}  // namespace pghaul::discovery
