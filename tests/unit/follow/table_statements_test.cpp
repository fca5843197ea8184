#include "follow/table_statements.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::follow {
namespace {

using changes::OldRow;
using changes::Value;

constexpr std::uint32_t kInt4 = 23;
constexpr std::uint32_t kText = 25;
constexpr const char* kEquals = "OPERATOR(\"pg_catalog\".=)";

const Value kSome{.kind = Value::Kind::text, .text = "7"};
const Value kNull{};
const Value kUnchanged{.kind = Value::Kind::unchanged, .text = {}};

const changes::Relation kSource{.oid = 5,
                                .schema = "s",
                                .name = "t",
                                .identity = changes::Identity::primary_key,
                                .columns = {{"id", kInt4, -1, true}, {"a", kText, -1, false}}};

TargetColumn column(const std::string& name, const std::string& type, std::uint32_t oid) {
  return {.name = name, .type = type, .type_oid = oid, .modifier = -1, .equals = {}};
}

TargetTable target() {
  TargetTable table;
  table.columns = {column("a", "text", kText), column("id", "integer", kInt4)};
  table.keys = {{{"a", kEquals}, {"id", kEquals}}, {{"id", kEquals}}};
  return table;
}

TableStatements matched(const TargetTable& table = target()) {
  Result<TableStatements> statements = TableStatements::match(kSource, table);
  EXPECT_TRUE(statements) << statements.error().message;
  return std::move(*statements);
}

/// The statement with, for each parameter, where it comes from: "old 0".
std::string shown(const Result<Statement>& statement) {
  if (!statement) return statement.error().message;
  std::string text = statement->sql + " --";
  for (const auto& parameter : statement->parameters) {
    text += (parameter.old ? " old " : " new ") + std::to_string(parameter.column);
  }
  return text;
}

TEST(TableStatements, InsertByName) {
  EXPECT_EQ(shown(matched().insert()),
            "INSERT INTO \"s\".\"t\" (\"id\", \"a\") OVERRIDING SYSTEM VALUE VALUES ($1::integer, $2::text) "
            "-- new 0"
            " new 1");
}

TEST(TableStatements, UpdateTheRowWithItsKey) {
  const std::vector row{kSome, kNull};
  EXPECT_EQ(shown(matched().update({.relation = &kSource, .old_kind = OldRow::none, .old = {}, .row = row})),
            "UPDATE ONLY \"s\".\"t\" SET \"a\" = $1::text WHERE \"id\" OPERATOR(\"pg_catalog\".=) "
            "$2::integer -- new 1"
            " new 0");
  EXPECT_EQ(shown(matched().update({.relation = &kSource, .old_kind = OldRow::key, .old = row, .row = row})),
            "UPDATE ONLY \"s\".\"t\" SET \"id\" = $1::integer, \"a\" = $2::text WHERE \"id\""
            " OPERATOR(\"pg_catalog\".=) $3::integer -- new 0 new 1 old 0");
}

TEST(TableStatements, TakeTheValuesOfAllRowsAsArrays) {
  const std::vector row{kSome, kNull};
  EXPECT_EQ(shown(matched().insert(Rows::all)),
            "INSERT INTO \"s\".\"t\" (\"id\", \"a\") OVERRIDING SYSTEM VALUE SELECT v.c1::integer, v.c2::text"
            " FROM unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) AS v(c1, c2) -- new 0 new 1");
  EXPECT_EQ(shown(matched().update({.relation = &kSource, .old_kind = OldRow::none, .old = {}, .row = row},
                                   Rows::all)),
            "UPDATE ONLY \"s\".\"t\" AS t SET \"a\" = v.c1::text FROM unnest($1::pg_catalog.text[],"
            " $2::pg_catalog.text[]) AS v(c1, c2) WHERE t.\"id\" OPERATOR(\"pg_catalog\".=) v.c2::integer"
            " -- new 1 new 0");
  EXPECT_EQ(shown(matched().remove({.relation = &kSource, .old_kind = OldRow::key, .old = row}, Rows::all)),
            "DELETE FROM ONLY \"s\".\"t\" AS t USING unnest($1::pg_catalog.text[]) AS v(c1)"
            " WHERE t.\"id\" OPERATOR(\"pg_catalog\".=) v.c1::integer -- old 0");
}

TEST(TableStatements, UpdateARowOfWhichNothingIsNew) {
  const std::vector row{kSome, kUnchanged};
  EXPECT_EQ(shown(matched().update({.relation = &kSource, .old_kind = OldRow::none, .old = {}, .row = row})),
            "UPDATE ONLY \"s\".\"t\" SET \"a\" = \"a\" WHERE \"id\" OPERATOR(\"pg_catalog\".=) $1::integer "
            "-- new 0");
}

TEST(TableStatements, DemandThatAnIdentityHasItsValueAlready) {
  TargetTable table = target();
  table.columns[1].always_identity = true;
  const std::vector row{kSome, kSome};
  EXPECT_EQ(
      shown(matched(table).update({.relation = &kSource, .old_kind = OldRow::key, .old = row, .row = row})),
      "UPDATE ONLY \"s\".\"t\" SET \"a\" = $2::text WHERE \"id\" OPERATOR(\"pg_catalog\".=) $3::integer AND"
      " \"id\" = $1::integer -- new 0 new 1 old 0");
}

TEST(TableStatements, DeleteOneOfTheRowsThatAreAlike) {
  TargetTable table = target();
  table.columns[1].equals = kEquals;
  const std::vector old{kSome, kNull};
  EXPECT_EQ(
      shown(matched(table).remove({.relation = &kSource, .old_kind = OldRow::full, .old = old})),
      "DELETE FROM ONLY \"s\".\"t\" WHERE ctid = (SELECT ctid FROM ONLY \"s\".\"t\" WHERE \"id\""
      " OPERATOR(\"pg_catalog\".=) $1::integer AND pg_catalog.format('%s', \"id\") = pg_catalog.format('%s',"
      " $1::integer) AND \"a\" IS NOT DISTINCT FROM NULL LIMIT 1) -- old 0");
}

TEST(TableStatements, LeaveGeneratedColumnsOut) {
  TargetTable table = target();
  table.columns.push_back(column("twice", "integer", kInt4));
  table.columns.back().generated = true;
  table.columns[0].generated = true;
  EXPECT_EQ(shown(matched(table).insert()),
            "INSERT INTO \"s\".\"t\" (\"id\") OVERRIDING SYSTEM VALUE VALUES ($1::integer) -- new 0");
}

TEST(TableStatements, ReachThePartitionsOfAPartitionedTable) {
  TargetTable table = target();
  table.partitioned = true;
  const std::vector old{kSome, kNull};
  EXPECT_EQ(shown(matched(table).remove({.relation = &kSource, .old_kind = OldRow::key, .old = old})),
            "DELETE FROM \"s\".\"t\" WHERE \"id\" OPERATOR(\"pg_catalog\".=) $1::integer -- old 0");
  EXPECT_EQ(matched(table).to_truncate(), "\"s\".\"t\"");
  EXPECT_EQ(matched().to_truncate(), "ONLY \"s\".\"t\"");
}

TEST(TableStatements, RefuseATableThatIsNotTheSame) {
  TargetTable table = target();
  table.columns[0].modifier = 14;
  const Result<TableStatements> other_length = TableStatements::match(kSource, table);
  ASSERT_FALSE(other_length);
  EXPECT_EQ(other_length.error().code, ErrorCode::mismatch);
  EXPECT_EQ(other_length.error().object, "s.t");
  table = target();
  table.columns[1].generated = true;
  EXPECT_FALSE(TableStatements::match(kSource, table));
  table = target();
  table.keys.pop_back();
  const std::vector old{kSome, kNull};
  EXPECT_FALSE(matched(table).remove({.relation = &kSource, .old_kind = OldRow::key, .old = old}));
}

}  // namespace
}  // namespace pghaul::follow
