#include "schema/statements.h"

#include <gtest/gtest.h>

namespace pghaul::schema {
namespace {

const catalog::Relation kPlain = {.oid = 1, .name = {"app", "plain"}, .kind = 'r'};
const catalog::Relation kPartitioned = {.oid = 2, .name = {"app", "events"}, .kind = 'p'};
const catalog::Relation kHostile = {.oid = 3, .name = {"a\"b", "x; DROP TABLE y --\n100%"}, .kind = 'r'};

catalog::IndexInfo index_named(const std::string& name) {
  catalog::IndexInfo index;
  index.name = {"app", name};
  index.definition = "CREATE INDEX " + name + " ON app.plain USING btree (id)";
  return index;
}

catalog::Constraint key_of(char kind, const std::string& name, const std::string& definition) {
  catalog::Constraint key;
  key.kind = kind;
  key.name = name;
  key.definition = definition;
  return key;
}

TEST(CreateIndex, IsTheSourcesDefinitionAndNoMore) {
  EXPECT_EQ(create_index(index_named("i"), kPlain), "CREATE INDEX i ON app.plain USING btree (id);\n");
}

TEST(CreateIndex, BringsItsTablespaceAndSetsTheDefaultBack) {
  catalog::IndexInfo index = index_named("i");
  index.tablespace = "fast's";
  EXPECT_EQ(create_index(index, kPlain),
            "SET LOCAL default_tablespace = 'fast''s';\n"
            "CREATE INDEX i ON app.plain USING btree (id);\n"
            "SET LOCAL default_tablespace = '';\n");
}

TEST(CreateIndex, BringsItsStatisticsAndMarksUnderAnyName) {
  catalog::IndexInfo index = index_named("i\"; --");
  index.definition = "CREATE INDEX …";
  index.statistics = {{1, 400}, {2, 0}};
  index.clustered = true;
  index.replica_identity = true;
  index.extensions = {"an \"extension\""};
  EXPECT_EQ(create_index(index, kHostile),
            "CREATE INDEX …;\n"
            "ALTER INDEX \"app\".\"i\"\"; --\" ALTER COLUMN 1 SET STATISTICS 400;\n"
            "ALTER INDEX \"app\".\"i\"\"; --\" ALTER COLUMN 2 SET STATISTICS 0;\n"
            "ALTER TABLE \"a\"\"b\".\"x; DROP TABLE y --\n100%\" CLUSTER ON \"i\"\"; --\";\n"
            "ALTER TABLE ONLY \"a\"\"b\".\"x; DROP TABLE y --\n100%\" REPLICA IDENTITY USING INDEX "
            "\"i\"\"; --\";\n"
            "ALTER INDEX \"app\".\"i\"\"; --\" DEPENDS ON EXTENSION \"an \"\"extension\"\"\";\n");
}

TEST(CreateIndex, LeavesTheMarksOfAKeysIndexToTheKey) {
  catalog::IndexInfo index = index_named("i");
  index.clustered = true;
  index.extensions = {"e"};
  index.constraint = 7;
  EXPECT_EQ(create_index(index, kPlain), "CREATE INDEX i ON app.plain USING btree (id);\n");
}

TEST(AttachIndex, NamesBothWithTheirSchemas) {
  EXPECT_EQ(attach_index(index_named("parent"), index_named("child")),
            "ALTER INDEX \"app\".\"parent\" ATTACH PARTITION \"app\".\"child\";\n");
}

TEST(AddKey, TakesTheIndexThatStands) {
  catalog::IndexInfo index = index_named("k");
  index.clustered = true;
  index.constraint = 7;
  EXPECT_EQ(add_key(key_of('p', "k", "PRIMARY KEY (id) INCLUDE (x)"), kPlain, index),
            "ALTER TABLE ONLY \"app\".\"plain\" ADD CONSTRAINT \"k\" PRIMARY KEY USING INDEX \"k\";\n"
            "ALTER TABLE \"app\".\"plain\" CLUSTER ON \"k\";\n");
  catalog::Constraint unique = key_of('u', "k", "UNIQUE (id) DEFERRABLE INITIALLY DEFERRED");
  unique.deferrable = unique.deferred = true;
  index.clustered = false;
  EXPECT_EQ(add_key(unique, kPlain, index),
            "ALTER TABLE ONLY \"app\".\"plain\" ADD CONSTRAINT \"k\" UNIQUE USING INDEX \"k\" DEFERRABLE "
            "INITIALLY DEFERRED;\n");
}

TEST(AddKey, OfAPartitionedTableMakesItsIndexWithItsOptions) {
  catalog::Constraint key = key_of('p', "k", "PRIMARY KEY (at, id) DEFERRABLE");
  key.deferrable = true;
  catalog::IndexInfo index = index_named("k");
  index.options = "fillfactor='70'";
  index.tablespace = "fast";
  EXPECT_EQ(add_key(key, kPartitioned, index),
            "SET LOCAL default_tablespace = 'fast';\n"
            "ALTER TABLE ONLY \"app\".\"events\" ADD CONSTRAINT \"k\" PRIMARY KEY (at, id) WITH "
            "(fillfactor='70') DEFERRABLE;\n"
            "SET LOCAL default_tablespace = '';\n");
}

TEST(AddKey, OfExclusionTakesTheDefinitionAsItIs) {
  catalog::IndexInfo index = index_named("k");
  index.options = "fillfactor='55'";
  const std::string definition = "EXCLUDE USING gist (a WITH =) WITH (fillfactor='55') WHERE ((a > 3))";
  EXPECT_EQ(add_key(key_of('x', "k", definition), kPlain, index),
            "ALTER TABLE ONLY \"app\".\"plain\" ADD CONSTRAINT \"k\" " + definition + ";\n");
}

TEST(ForeignKey, IsAddedUncheckedAndThenValidated) {
  const catalog::Constraint key = key_of('f', "to; plain", "FOREIGN KEY (a) REFERENCES app.plain(id)");
  EXPECT_EQ(add_foreign_key(key, kPlain, true),
            "ALTER TABLE ONLY \"app\".\"plain\" ADD CONSTRAINT \"to; plain\" FOREIGN KEY (a) REFERENCES "
            "app.plain(id) NOT VALID;\n");
  EXPECT_EQ(validate_foreign_key(key, kPlain),
            "ALTER TABLE ONLY \"app\".\"plain\" VALIDATE CONSTRAINT \"to; plain\";\n");
}

TEST(ForeignKey, OfAPartitionedTableIsCheckedWhenAdded) {
  const catalog::Constraint key = key_of('f', "k", "FOREIGN KEY (a) REFERENCES app.plain(id)");
  EXPECT_EQ(add_foreign_key(key, kPartitioned, false),
            "ALTER TABLE \"app\".\"events\" ADD CONSTRAINT \"k\" FOREIGN KEY (a) REFERENCES "
            "app.plain(id);\n");
}

TEST(ForeignKey, StaysAsInvalidAsItWas) {
  catalog::Constraint key = key_of('f', "k", "FOREIGN KEY (a) REFERENCES app.plain(id) NOT VALID");
  key.validated = false;
  EXPECT_EQ(add_foreign_key(key, kPlain, false),
            "ALTER TABLE ONLY \"app\".\"plain\" ADD CONSTRAINT \"k\" FOREIGN KEY (a) REFERENCES "
            "app.plain(id) NOT VALID;\n");
}

TEST(SetSequences, SetsManyInOneStatementUnderAnyName) {
  catalog::Sequence first;
  first.name = {"app", "it's \"x\" \\"};
  first.last_value = -7;
  first.is_called = true;
  catalog::Sequence second;
  second.name = {"app", "s"};
  second.last_value = 9223372036854775807;
  const std::vector<std::string> statements = set_sequences({first, second});
  ASSERT_EQ(statements.size(), 1U);
  EXPECT_EQ(statements[0],
            "SELECT pg_catalog.setval(name::pg_catalog.regclass, value, called) FROM (VALUES\n"
            "( E'\"app\".\"it''s \"\"x\"\" \\\\\"', bigint '-7', true),\n"
            "('\"app\".\"s\"', bigint '9223372036854775807', false)) AS sequences (name, value, called)");
}

TEST(SetSequences, LeavesThoseAloneThatCouldNotBeRead) {
  catalog::Sequence sequence;
  sequence.name = {"app", "s"};
  sequence.unreadable_reason = "no SELECT on it";
  EXPECT_TRUE(set_sequences({sequence}).empty());
}

TEST(SetSequences, KeepsStatementsToABoundedSize) {
  catalog::Sequence sequence;
  sequence.name = {"app", "a_sequence"};
  EXPECT_TRUE(set_sequences({}).empty());
  const std::vector<std::string> statements = set_sequences(std::vector<catalog::Sequence>(10'000, sequence));
  EXPECT_GT(statements.size(), 4U);
  for (const std::string& statement : statements) EXPECT_LT(statement.size(), 70'000U);
}

TEST(SetInDatabase, TakesAValueAsOneLiteral) {
  EXPECT_EQ(set_in_database({"", "DateStyle", "SQL, DMY"}, "shop"),
            R"(ALTER DATABASE "shop" SET "DateStyle" TO 'SQL, DMY')");
  EXPECT_EQ(set_in_database({"o'hara", "my.word", "it's"}, "a\"b"),
            R"(ALTER ROLE "o'hara" IN DATABASE "a""b" SET "my.word" TO 'it''s')");
}

TEST(SetInDatabase, TakesAListApart) {
  EXPECT_EQ(set_in_database({"", "search_path", R"("$user", public, "a ""b"", c")"}, "shop"),
            R"(ALTER DATABASE "shop" SET "search_path" TO '$user', 'public', 'a "b", c')");
  EXPECT_EQ(set_in_database({"", "search_path", R"("")"}, "shop"),
            R"(ALTER DATABASE "shop" SET "search_path" TO '')");
}

}  // namespace
}  // namespace pghaul::schema
