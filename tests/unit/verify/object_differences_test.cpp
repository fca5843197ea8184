#include "verify/object_differences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::verify {
namespace {

using catalog::Aspect;
using catalog::Object;
using catalog::ObjectClass;
using Kind = Aspect::Kind;
using Shown = ObjectClass::Shown;

ObjectClass tables(std::vector<Object> objects, Kind kind = Kind::text) {
  return {"table", Shown::after, {{"owner", Kind::owner}, {"thing", kind}}, std::move(objects)};
}

ObjectClass columns(std::vector<Object> objects) {
  return {"column", Shown::of, {{"type"}}, std::move(objects)};
}

Object table(const std::string& name, const std::string& owner, const std::string& thing) {
  return {{"public", name}, "", {owner, thing}};
}

using Lines = std::vector<std::string>;

std::vector<std::string> told(const std::vector<ObjectClass>& source, const std::vector<ObjectClass>& target,
                              const ObjectComparison& how = {}) {
  std::vector<std::string> lines;
  for (const ObjectDifference& one : object_differences(source, target, how)) {
    lines.push_back(one.object + ": " + one.message);
  }
  return lines;
}

/// One policy's condition.
std::vector<ObjectClass> policies(const std::string& condition, Kind kind = Kind::expression) {
  return {
      {"policy", Shown::of, {{"USING", kind, Aspect::Form::expression}}, {{{"s", "t"}, "p", {condition}}}}};
}

TEST(ObjectDifferences, AreWhatTheTargetSaysOfDefinitionsInOtherWords) {
  std::vector<WordingQuestion> asked;
  Wording answer = Wording::same;
  ObjectComparison how;
  how.ask_target = [&](const std::vector<WordingQuestion>& questions) {
    asked = questions;
    return std::vector<Wording>(questions.size(), answer);
  };
  EXPECT_EQ(told(policies("(a)"), policies("(a)"), how), Lines{});
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(told(policies("(a)"), policies("(b)"), how), Lines{});
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].of_source, R"(SELECT ((a)) AS value FROM "s"."t")");
  answer = Wording::different;
  EXPECT_EQ(told(policies("(a)"), policies("((a))"), how).size(), 1U);
  answer = Wording::unknown;
  EXPECT_EQ(told(policies("(a)"), policies("((a))"), how), Lines{});
  EXPECT_EQ(told(policies("(a)"), policies("(b)"), how).size(), 1U);
  how.same_major = false;
  EXPECT_EQ(told(policies("(a)", Kind::wording), policies("(b)", Kind::wording), how), Lines{});
  answer = Wording::different;
  EXPECT_EQ(told(policies("(a)", Kind::wording), policies("(b)", Kind::wording), how).size(), 1U);
}

TEST(ObjectDifferences, AskNothingThatWouldLeaveItsStatement) {
  ObjectComparison how;
  how.ask_target = [](const std::vector<WordingQuestion>& questions) {
    ADD_FAILURE() << questions.size();
    return std::vector<Wording>(questions.size());
  };
  EXPECT_EQ(told(policies("1); DROP TABLE t; SELECT (1"), policies("1"), how).size(), 1U);
}

TEST(ObjectDifferences, AreNoneWhateverTheOrder) {
  EXPECT_EQ(told({tables({table("a", "x", "1"), table("b", "x", "2")})},
                 {tables({table("b", "x", "2"), table("a", "x", "1")})}),
            Lines{});
}

TEST(ObjectDifferences, NameTheObjectAndBothValues) {
  EXPECT_EQ(told({tables({table("a", "x", "1")})}, {tables({table("a", "x", "")})}),
            Lines{"table public.a: its thing on the source: \"1\"; on the target: none"});
}

TEST(ObjectDifferences, SayNothingOfThePartsOfWhatIsMissing) {
  const ObjectClass no_tables = tables({});
  EXPECT_EQ(told({columns({{{"public", "a"}, "c", {"int"}}}), tables({table("a", "x", "1")})},
                 {columns({}), no_tables}),
            Lines{"table public.a: only the source has it"});
  EXPECT_EQ(told({columns({}), no_tables},
                 {columns({{{"public", "a"}, "c", {"int"}}}), tables({table("a", "x", "1")})}),
            Lines{"table public.a: only the target has it"});
}

TEST(ObjectDifferences, NameAPartOfWhatBothHave) {
  const ObjectClass both = tables({table("a", "x", "1")});
  EXPECT_EQ(told({both, columns({{{"public", "a"}, "odd \n", {"int"}}})}, {both, columns({})}),
            Lines{"column \"odd \\n\" of public.a: only the source has it"});
}

TEST(ObjectDifferences, LeaveOwnersOutWhenTheyAreNotCopied) {
  const std::vector<ObjectClass> source = {tables({table("a", "x", "1")})};
  const std::vector<ObjectClass> target = {tables({table("a", "y", "1")})};
  EXPECT_EQ(told(source, target).size(), 1U);
  EXPECT_EQ(told(source, target, {.with_owner = false}), Lines{});
}

TEST(ObjectDifferences, CompareGrantsToOthersWhenOwnersAreNotCopied) {
  const auto with = [](const std::string& owner, const std::string& grants) {
    return std::vector<ObjectClass>{tables({table("a", owner, grants)}, Kind::grants)};
  };
  const ObjectComparison without_owners{.with_owner = false};
  EXPECT_EQ(told(with("x", "app SELECT,\nweb SELECT by app"), with("app", "web SELECT by x"), without_owners),
            Lines{});
  EXPECT_EQ(told(with("x", "web SELECT"), with("app", "web UPDATE"), without_owners).size(), 1U);
  EXPECT_EQ(told(with("x", "web SELECT"), with("x", ""), {.with_acl = false}), Lines{});
}

TEST(ObjectDifferences, ShowNoSecrets) {
  const Lines lines = told({tables({table("a", "x", "password=1")}, Kind::secret)},
                           {tables({table("a", "x", "password=2")}, Kind::secret)});
  EXPECT_EQ(lines, Lines{"table public.a: its thing differ"});
  EXPECT_EQ(
      told({tables({table("a", "x", "seen")}, Kind::hidden)}, {tables({table("a", "x", "")}, Kind::hidden)}),
      Lines{});
}

TEST(ObjectDifferences, CompareWordingWithinAMajorVersionOnly) {
  const std::vector<ObjectClass> source = {tables({table("a", "x", "SELECT t.a")}, Kind::wording)};
  const std::vector<ObjectClass> target = {tables({table("a", "x", "SELECT a")}, Kind::wording)};
  EXPECT_EQ(told(source, target).size(), 1U);
  EXPECT_EQ(told(source, target, {.same_major = false}), Lines{});
}

TEST(ObjectDifferences, LetOtherThingsStandBesideAChoiceOfTables) {
  const ObjectComparison chosen{.everything = false};
  EXPECT_EQ(told({tables({}), columns({})},
                 {tables({table("a", "x", "1")}), columns({{{"public", "a"}, "c", {"int"}}})}, chosen),
            Lines{});
  const ObjectClass both = tables({table("a", "x", "1")});
  EXPECT_EQ(told({both, columns({})}, {both, columns({{{"public", "a"}, "c", {"int"}}})}, chosen).size(), 1U);
}

TEST(ObjectDifferences, IgnoreTheJournalOnEitherSide) {
  const ObjectClass schema{"schema", Shown::after, {}, {{{"", "pghaul_journal"}, "", {}}}};
  const ObjectClass none{"schema", Shown::after, {}, {}};
  EXPECT_EQ(told({none}, {schema}), Lines{});
  EXPECT_EQ(told({schema}, {none}), Lines{});
}

TEST(ObjectDifferences, DoNotRepeatWhatWasLeftOut) {
  const ObjectClass source{
      "setting of the database:", Shown::alone, {{"value"}}, {{{}, "work_mem of role x", {"1"}}}};
  const ObjectClass target{"setting of the database:", Shown::alone, {{"value"}}, {}};
  EXPECT_EQ(told({source}, {target}).size(), 1U);
  EXPECT_EQ(told({source}, {target}, {.left_out = {"setting of the database: work_mem"}}), Lines{});
}

TEST(ObjectDifferences, AreNotWhatOthersPreparedOnTheTargetAlone) {
  const ObjectClass none{"schema", Shown::after, {{"owner"}}, {}};
  const ObjectClass theirs{"schema", Shown::after, {{"owner"}}, {{{"", "ext"}, "", {"admin"}}}};
  const ObjectClass ours{"schema", Shown::after, {{"owner"}}, {{{"", "ext"}, "", {"us"}}}};
  EXPECT_EQ(told({none}, {theirs}, {.prepared = {"schema ext"}}), Lines{});
  EXPECT_EQ(told({none}, {theirs}, {.prepared = {"schema other"}}).size(), 1U);
  EXPECT_EQ(told({ours}, {theirs}, {.prepared = {"schema ext"}}).size(), 1U);
}

TEST(ObjectDifferences, ShowWhereLongValuesBeginToDiffer) {
  const std::string same(500, 'x');
  const Lines lines = told({tables({table("a", "x", same + "1")})}, {tables({table("a", "x", same + "2")})});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_LT(lines.front().size(), 200U);
  EXPECT_NE(lines.front().find("x1\""), std::string::npos) << lines.front();
}

TEST(ObjectDifferences, OfWhatIsTheTargetsOwnAreThoseFromTheSourceOnly) {
  ObjectClass of_source = tables({table("a", "x", "1"), table("b", "x", "1")});
  ObjectClass of_target = tables({table("b", "x", "2"), table("c", "x", "1")});
  of_source.only_sources = of_target.only_sources = true;
  EXPECT_EQ(told({of_source}, {of_target}),
            (Lines{"table public.a: only the source has it",
                   "table public.b: its thing on the source: \"1\"; on the target: \"2\""}));
}

TEST(ObjectDifferences, SayWhyNoCopyBringsThem) {
  ObjectClass of_source = tables({table("a", "x", "1")});
  of_source.not_carried = "nobody does";
  const std::vector<ObjectDifference> found = object_differences({of_source}, {tables({})}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].not_carried, "nobody does");
}

}  // namespace
}  // namespace pghaul::verify
