#include "verify/object_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/live_schema.h"
#include "verify/readable.h"
#include "verify/same_expression.h"

namespace pghaul::verify {
namespace {

using catalog::Aspect;
using catalog::Name;
using catalog::Object;
using catalog::ObjectClass;
using Shown = ObjectClass::Shown;

constexpr std::size_t kShownBytes = 120;  // limit of a value that differs

/// The schema in which pghaul keeps its journal while it works.
constexpr std::string_view kJournal = "pghaul_journal";

auto key_of(const Object& object) {
  return std::tie(object.name, object.part);
}

std::string shown(const ObjectClass& of, const Object& object) {
  switch (of.shown) {
    case Shown::of:
      return fmt::format("{} {} of {}", of.label, catalog::shown(Name{{}, object.part}),
                         catalog::shown(object.name));
    case Shown::after:
      return fmt::format("{} {}{}", of.label, catalog::shown(object.name), object.part);
    case Shown::alone:
      return fmt::format("{} {}", of.label, object.part);
  }
  return {};
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

/// Returns as much of a value as shows the difference: from a little before the first byte that differs.
std::string excerpt(std::string_view value, std::size_t first_difference) {
  constexpr std::size_t before = 30;
  std::size_t from =
      value.size() <= kShownBytes || first_difference <= before ? 0 : first_difference - before;
  while (from < value.size() && continues_character(value[from])) ++from;
  std::size_t end = std::min(value.size(), from + kShownBytes);
  while (end < value.size() && continues_character(value[end])) ++end;
  return fmt::format("{}{}{}", from == 0 ? "" : "…", value.substr(from, end - from),
                     end == value.size() ? "" : "…");
}

using Wordings = std::map<WordingQuestion, Wording>;

Wording all_of(const std::vector<WordingQuestion>& questions, const Wordings& answers) {
  Wording all = Wording::same;
  for (const WordingQuestion& question : questions) {
    const auto answer = answers.find(question);
    if (answer == answers.end() || answer->second == Wording::unknown) return Wording::unknown;
    if (answer->second == Wording::different) all = Wording::different;
  }
  return all;
}

/// Adds questions about the texts that both sides have in different words. Both are sorted.
void add_questions(const ObjectClass& source, const ObjectClass& target,
                   std::vector<WordingQuestion>& questions) {
  auto theirs = target.objects.begin();
  for (const Object& ours : source.objects) {
    while (theirs != target.objects.end() && key_of(*theirs) < key_of(ours)) ++theirs;
    if (theirs == target.objects.end()) return;
    if (key_of(ours) < key_of(*theirs)) continue;
    for (std::size_t i = 0; i < source.aspects.size(); ++i) {
      if (ours.aspects[i] == theirs->aspects[i]) continue;
      std::optional<std::vector<WordingQuestion>> more = wording_questions(source, i, ours, *theirs);
      if (more) std::ranges::move(*more, std::back_inserter(questions));
    }
  }
}

Wordings ask(const std::vector<ObjectClass>& source, const std::vector<ObjectClass>& target,
             const ObjectComparison& how) {
  Wordings answers;
  if (!how.ask_target) return answers;
  std::vector<WordingQuestion> questions;
  for (std::size_t i = 0; i < source.size(); ++i) add_questions(source[i], target[i], questions);
  const std::vector<Wording> said = questions.empty() ? std::vector<Wording>{} : how.ask_target(questions);
  for (std::size_t i = 0; i < said.size(); ++i) answers.emplace(std::move(questions[i]), said[i]);
  return answers;
}

bool is_in_sql(const Aspect& aspect) {
  using Kind = Aspect::Kind;
  return aspect.kind == Kind::names || aspect.kind == Kind::expression || aspect.kind == Kind::wording ||
         aspect.kind == Kind::surroundings;
}

bool same_words(const std::string& one, const std::string& other) {
  return same_expression(readable(one), readable(other));
}

/// Renders a value on one line.
std::string said(std::string_view value, std::size_t first_difference) {
  if (value.empty()) return "none";
  std::string text = '"' + excerpt(value, first_difference) + '"';
  std::ranges::replace(text, '\n', ' ');
  return text;
}

/// Removes the grants to an owner, whose rights change with the owner.
std::set<std::string, std::less<>> grants_without(std::string_view lines,
                                                  const std::set<std::string>& owners) {
  std::set<std::string, std::less<>> kept;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const bool to_owner = std::ranges::any_of(owners, [&](const std::string& owner) {
      return line.starts_with(owner) && line.substr(owner.size()).starts_with(' ');
    });
    line = line.substr(0, std::min(line.find(" by "), line.find_last_not_of(',') + 1));
    if (!to_owner) kept.emplace(line);
  }
  return kept;
}

/// Compares the objects of one class on both sides.
class ClassComparison {
 public:
  ClassComparison(const ObjectClass& source, const ObjectClass& target, const ObjectComparison& how,
                  const Wordings& wordings)
      : source_(source), target_(target), how_(how), wordings_(wordings) {
    assert(source.aspects.size() == target.aspects.size());
  }

  /// `missing`: objects that one side lacks altogether; grows.
  std::vector<ObjectDifference> differences(std::set<Name>& missing, const std::set<Name>& of_source) {
    auto ours = source_.objects.begin();
    auto theirs = target_.objects.begin();
    while (ours != source_.objects.end() || theirs != target_.objects.end()) {
      const bool only_ours = theirs == target_.objects.end() ||
                             (ours != source_.objects.end() && key_of(*ours) < key_of(*theirs));
      const bool only_theirs =
          !only_ours && (ours == source_.objects.end() || key_of(*theirs) < key_of(*ours));
      if (only_ours && is_own(*ours)) {
        ++ours;
      } else if (only_ours) {
        lacks(*ours++, "only the source has it", missing);
      } else if (only_theirs) {
        if (is_prepared(*theirs)) {
          missing.insert(theirs->name);
        } else if (counts_on_target(*theirs, of_source)) {
          lacks(*theirs, "only the target has it", missing);
        }
        ++theirs;
      } else {
        compare(*ours++, *theirs++);
      }
    }
    return std::move(found_);
  }

 private:
  void lacks(const Object& object, const char* message, std::set<Name>& missing) {
    const bool is_part =
        source_.shown == Shown::of || (source_.shown == Shown::alone && !object.name.name.empty());
    if (is_part && missing.contains(object.name)) return;
    if (!is_part && object.part.empty()) missing.insert(object.name);
    add(object, message);
  }

  /// Tells whether others made it on the target, or its schema.
  [[nodiscard]] bool is_prepared(const Object& object) const {
    if (how_.prepared.contains(shown(source_, object))) return true;
    const std::string& schema = object.name.schema;
    return !schema.empty() && how_.prepared.contains("schema " + catalog::shown(Name{{}, schema}));
  }

  /// Tells whether it is pghaul's own, which either side may have.
  [[nodiscard]] static bool is_own(const Object& object) {
    const std::string& schema = object.name.schema.empty() ? object.name.name : object.name.schema;
    return schema.starts_with(kJournal) || schema.starts_with(kLiveSchema);
  }

  /// Tells whether an object counts: after a choice of tables, others on the target don't.
  [[nodiscard]] bool counts_on_target(const Object& object, const std::set<Name>& of_source) const {
    if (is_own(object) || source_.only_sources) return false;
    return how_.everything || (source_.shown == Shown::of && of_source.contains(object.name));
  }

  void compare(const Object& ours, const Object& theirs) {
    for (std::size_t i = 0; i < source_.aspects.size(); ++i) {
      if (!same(i, ours, theirs)) add(ours, difference(i, ours.aspects[i], theirs.aspects[i]));
    }
  }

  [[nodiscard]] bool same(std::size_t place, const Object& ours, const Object& theirs) const {
    const std::string& one = ours.aspects[place];
    const std::string& other = theirs.aspects[place];
    if (one == other) return true;
    switch (source_.aspects[place].kind) {
      case Aspect::Kind::text:
      case Aspect::Kind::secret:
        return false;
      case Aspect::Kind::names:
        return readable(one) == readable(other);
      case Aspect::Kind::hidden:
        return one.empty() || other.empty();
      case Aspect::Kind::expression:
        return same_meaning(place, ours, theirs).value_or(same_words(one, other));
      case Aspect::Kind::wording:
        return same_meaning(place, ours, theirs).value_or(!how_.same_major || same_words(one, other));
      case Aspect::Kind::owner:
        return !how_.with_owner;
      case Aspect::Kind::grants:
        return !how_.with_acl || (!how_.with_owner && same_grants_to_others(place, ours, theirs));
      case Aspect::Kind::surroundings:
        return !how_.everything || same_words(one, other);
    }
    return false;
  }

  /// Tells whether the texts mean the same; nothing: the target has not answered.
  [[nodiscard]] std::optional<bool> same_meaning(std::size_t place, const Object& ours,
                                                 const Object& theirs) const {
    if (wordings_.empty()) return std::nullopt;
    const std::optional<std::vector<WordingQuestion>> questions =
        wording_questions(source_, place, ours, theirs);
    const Wording wording = questions ? all_of(*questions, wordings_) : Wording::unknown;
    if (wording == Wording::unknown) return std::nullopt;
    return wording == Wording::same;
  }

  [[nodiscard]] bool same_grants_to_others(std::size_t place, const Object& ours,
                                           const Object& theirs) const {
    std::set<std::string> owners = {"its owner"};
    for (std::size_t i = 0; i < source_.aspects.size(); ++i) {
      if (source_.aspects[i].kind != Aspect::Kind::owner) continue;
      owners.insert(ours.aspects[i]);
      owners.insert(theirs.aspects[i]);
    }
    return grants_without(ours.aspects[place], owners) == grants_without(theirs.aspects[place], owners);
  }

  [[nodiscard]] std::string difference(std::size_t place, const std::string& ours,
                                       const std::string& theirs) const {
    const Aspect& aspect = source_.aspects[place];
    if (aspect.kind == Aspect::Kind::secret || aspect.kind == Aspect::Kind::hidden) {
      return fmt::format("its {} differ", aspect.name);
    }
    const bool is_sql = is_in_sql(aspect) && readable(ours) != readable(theirs);
    const std::string one = is_sql ? readable(ours) : ours;
    const std::string other = is_sql ? readable(theirs) : theirs;
    const auto first = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
    return fmt::format("its {} on the source: {}; on the target: {}", aspect.name, said(one, first),
                       said(other, first));
  }

  void add(const Object& object, std::string message) {
    std::string name = shown(source_, object);
    const bool reported = std::ranges::any_of(how_.left_out, [&](const std::string& left_out) {
      return name == left_out || name.starts_with(left_out + " of ");
    });
    if (!reported) found_.push_back({std::move(name), std::move(message), source_.not_carried});
  }

  const ObjectClass& source_;
  const ObjectClass& target_;
  const ObjectComparison& how_;
  const Wordings& wordings_;
  std::vector<ObjectDifference> found_;
};

/// Unquotes names within SQL where readable; a part's own name has no quotes.
void prepare(ObjectClass& one) {
  if (one.shown != Shown::of) {
    for (Object& object : one.objects) object.part = readable(object.part);
  }
  std::ranges::sort(one.objects, {}, key_of);
}

std::set<Name> names_of(const std::vector<ObjectClass>& classes) {
  std::set<Name> names;
  for (const ObjectClass& one : classes) {
    if (one.shown != Shown::after) continue;
    for (const Object& object : one.objects) names.insert(object.name);
  }
  return names;
}

}  // namespace

std::vector<ObjectDifference> object_differences(std::vector<ObjectClass> source,
                                                 std::vector<ObjectClass> target,
                                                 const ObjectComparison& how) {
  assert(source.size() == target.size());
  for (std::vector<ObjectClass>* side : {&source, &target}) {
    for (ObjectClass& one : *side) prepare(one);
  }
  const Wordings wordings = ask(source, target, how);
  const std::set<Name> of_source = how.everything ? std::set<Name>{} : names_of(source);
  // Whole objects come first, so that parts of missing ones are not reported.
  std::set<Name> missing;
  std::vector<ObjectDifference> all;
  for (const bool parts : {false, true}) {
    for (std::size_t i = 0; i < source.size(); ++i) {
      if ((source[i].shown != Shown::after) != parts) continue;
      ClassComparison comparison(source[i], target[i], how, wordings);
      std::ranges::move(comparison.differences(missing, of_source), std::back_inserter(all));
    }
  }
  return all;
}

}  // namespace pghaul::verify
