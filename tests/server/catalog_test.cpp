#include "catalog/read_catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::catalog {
namespace {

bool everything(Oid) {
  return true;
}

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// A role that may log in, dropped when destroyed; databases with objects of its own must go before.
class Role {
 public:
  explicit Role(const std::string& name) : name_(name) {
    support::shared_source().psql("postgres",
                                  "drop role if exists " + name + "; create role " + name + " login");
  }
  ~Role() { support::shared_source().psql("postgres", "drop role " + name_); }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

 private:
  std::string name_;
};

postgres::Connection connect(const support::Database& database, const std::string& role = "postgres") {
  std::string uri = database.uri();
  uri.replace(uri.find("postgres@"), std::string("postgres").size(), role);
  const postgres::ConnectionString server = value_of(postgres::ConnectionString::parse(uri));
  return value_of(postgres::Connection::open(server, postgres::Side::source));
}

Catalog catalog_of(const support::Database& database, const std::string& role = "postgres") {
  postgres::Connection connection = connect(database, role);
  return value_of(read_catalog(connection, everything));
}

/// Finds the one with that name; all of these are in schema public.
template <typename Named>
const Named& named(const std::vector<Named>& objects, std::string_view name) {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const Named& object) {
    if constexpr (requires { object.name.schema; }) {
      return object.name == Name{"public", std::string(name)};
    } else {
      return object.name == name;
    }
  });
  if (found == objects.end()) throw std::runtime_error("nothing is named " + std::string(name));
  return *found;
}

template <typename Named>
std::vector<std::string> names(const std::vector<Named>& objects) {
  std::vector<std::string> list;
  for (const Named& object : objects) {
    if constexpr (requires { object.name.schema; }) {
      list.push_back(shown(object.name));
    } else {
      list.push_back(object.name);
    }
  }
  return list;
}

using Names = std::vector<std::string>;

TEST(ReadCatalog, FindsNothingInAnEmptyDatabase) {
  const support::Database database(support::shared_source());
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(names(catalog.relations), Names{});
  EXPECT_EQ(catalog.indexes.size() + catalog.constraints.size() + catalog.sequences.size(), 0U);
  EXPECT_TRUE(catalog.owners.empty());
}

TEST(ReadCatalog, DescribesTablesAndTheirLiveColumns) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table t (id int, gone text, price numeric(10,2), "Twice" int generated always as (id * 2) stored);
    alter table t drop column gone;
    create unlogged table u ();
    create temporary table not_me (i int);
    create view nor_me as select 1 as i;
    create table big (body text);
    alter table big alter body set storage external;
    insert into big select repeat('x', 20000) from generate_series(1, 400);)");
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(names(catalog.relations), (Names{"public.big", "public.t", "public.u"}));

  const Relation& table = named(catalog.relations, "t");
  ASSERT_EQ(names(table.columns), (Names{"id", "price", "Twice"}));
  EXPECT_EQ(table.columns[1].type_text, "numeric(10,2)");
  EXPECT_TRUE(table.columns[2].generated);
  EXPECT_FALSE(table.columns[0].generated);
  EXPECT_EQ(table.owner, "postgres");
  EXPECT_EQ(table.estimated_rows, -1);
  EXPECT_TRUE(table.readable);

  EXPECT_EQ(named(catalog.relations, "u").persistence, 'u');
  EXPECT_TRUE(named(catalog.relations, "u").columns.empty());

  const Relation& big = named(catalog.relations, "big");
  EXPECT_EQ(big.heap_pages, 3U);
  EXPECT_EQ(big.heap_bytes, 3 * 8192);
  EXPECT_GT(big.toast_bytes, 400 * 20000);
}

TEST(ReadCatalog, LeavesOutWhatDoesNotBelongWithItsIndexesAndKeys) {
  const support::Database database(support::shared_source());
  database.psql(R"(create table a (id serial primary key); create table b (id serial primary key);
                   create table c (id int primary key);)");
  postgres::Connection connection = connect(database);
  const Oid unwanted = value_of(connection.query("select 'public.b'::regclass::oid")).oid(0, 0);
  const Catalog catalog = value_of(read_catalog(connection, [&](Oid oid) { return oid != unwanted; }));
  EXPECT_EQ(names(catalog.relations), (Names{"public.a", "public.c"}));
  EXPECT_EQ(names(catalog.indexes), (Names{"public.a_pkey", "public.c_pkey"}));
  EXPECT_EQ(names(catalog.constraints), (Names{"a_pkey", "c_pkey"}));
  EXPECT_EQ(catalog.relations[catalog.constraints[1].relation].name.name, "c");
}

TEST(ReadCatalog, TellsWhyARoleCannotReadATable) {
  const Role role("unreadable_reader");
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table granted (a int); create table not_granted (a int); create table by_column (a int);
    create table guarded (a int); alter table guarded enable row level security;
    create table forced (a int); alter table forced owner to unreadable_reader;
    alter table forced enable row level security, force row level security;
    create table own (a int); alter table own owner to unreadable_reader;
    alter table own enable row level security;
    create schema closed; create table closed.t (a int);
    grant select on granted, guarded, closed.t to unreadable_reader;
    grant select (a) on by_column to unreadable_reader;)");
  const Catalog catalog = catalog_of(database, "unreadable_reader");
  const auto reason = [&](const char* table) { return named(catalog.relations, table).unreadable_reason; };
  EXPECT_EQ(reason("granted"), "");
  EXPECT_EQ(reason("own"), "");
  EXPECT_TRUE(named(catalog.relations, "own").readable);
  EXPECT_EQ(reason("not_granted"), "the role has no SELECT on it");
  EXPECT_EQ(reason("by_column"),
            "the role has SELECT on some of its columns only");  // it could not be locked
  EXPECT_EQ(reason("guarded"), "its row security hides rows from the role");
  EXPECT_EQ(reason("forced"), "its row security hides rows from the role");
  EXPECT_EQ(catalog.relations.front().unreadable_reason, "the role has no USAGE on its schema");
  EXPECT_FALSE(catalog.relations.front().readable);
  EXPECT_TRUE(named(catalog_of(database).relations, "guarded").readable);
}

TEST(ReadCatalog, FollowsTypesIntoTheirParts) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create extension hstore;
    create type mood as enum ('well');
    create domain moods as mood[];
    create type pair as (mood moods, dropped uuid, code "char");
    alter type pair drop attribute dropped;
    create type span as range (subtype = time, multirange_type_name = spans);
    create table t (pairs pair[], times spans, tags hstore, acl aclitem, v int2vector);)");
  const Catalog catalog = catalog_of(database);
  const auto type = [&](const char* schema, const char* name) -> const Type& {
    const auto found = std::find_if(catalog.types.begin(), catalog.types.end(), [&](const Type& t) {
      return t.name == Name{schema, name};
    });
    if (found == catalog.types.end()) throw std::runtime_error(std::string("no type ") + name);
    return *found;
  };
  EXPECT_TRUE(type("public", "_pair").is_array);
  EXPECT_EQ(type("public", "_pair").part, type("public", "pair").oid);
  EXPECT_EQ(type("public", "pair").attributes,
            (std::vector<Oid>{type("public", "moods").oid, type("pg_catalog", "char").oid}));
  EXPECT_EQ(type("public", "moods").kind, 'd');
  EXPECT_EQ(type("public", "moods").part, type("public", "_mood").oid);
  EXPECT_EQ(type("public", "_mood").part, type("public", "mood").oid);
  EXPECT_EQ(type("public", "spans").kind, 'm');
  EXPECT_EQ(type("public", "spans").part, type("public", "span").oid);
  EXPECT_EQ(type("public", "span").part, type("pg_catalog", "time").oid);
  EXPECT_EQ(type("public", "hstore").extension, "hstore");
  EXPECT_TRUE(type("public", "hstore").has_binary_io);
  EXPECT_FALSE(type("pg_catalog", "aclitem").has_binary_io);
  EXPECT_FALSE(type("pg_catalog", "int2vector").is_array);
  EXPECT_EQ(catalog.types.size(), 12U);
}

TEST(ReadCatalog, DescribesIndexes) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table t (id int not null, s text, n numeric);
    insert into t select i, i, i from generate_series(1, 50000) i;
    create unique index by_id on t (id) with (fillfactor = 70);
    create index by_s on t (s);
    create index by_s_bytes on t (s collate "C");
    create index by_s_pattern on t (s text_pattern_ops);
    create index by_s_hash on t using hash (s);
    create index by_sum on t (s, (n + id), (n - id));
    alter index by_sum alter column 2 set statistics 500;
    alter index by_sum alter column 3 set statistics 0;
    alter table t cluster on by_id;
    alter table t replica identity using index by_id;
    update pg_index set indisvalid = false where indexrelid = 'by_s_hash'::regclass;)");
  const Catalog catalog = catalog_of(database);
  const IndexInfo& by_id = named(catalog.indexes, "by_id");
  EXPECT_EQ(by_id.definition,
            "CREATE UNIQUE INDEX by_id ON public.t USING btree (id) WITH (fillfactor='70')");
  EXPECT_EQ(by_id.options, "fillfactor='70'");
  EXPECT_EQ(by_id.relation, 0U);
  EXPECT_TRUE(by_id.unique && by_id.clustered && by_id.replica_identity && by_id.valid);
  EXPECT_FALSE(by_id.text_key);
  EXPECT_GT(by_id.bytes, 50000 * 16);
  EXPECT_GT(catalog.relations[0].index_bytes, by_id.bytes);

  EXPECT_TRUE(named(catalog.indexes, "by_s").text_key);  // the cluster's locale is C.UTF-8, by libc
  EXPECT_TRUE(named(catalog.indexes, "by_sum").text_key);
  EXPECT_FALSE(named(catalog.indexes, "by_s_bytes").text_key);
  EXPECT_FALSE(named(catalog.indexes, "by_s_pattern").text_key);

  EXPECT_EQ(named(catalog.indexes, "by_s_hash").access_method, "hash");
  EXPECT_FALSE(named(catalog.indexes, "by_s_hash").valid);
  EXPECT_FALSE(named(catalog.indexes, "by_s_hash").text_key);
  EXPECT_EQ(named(catalog.indexes, "by_sum").statistics,
            (std::vector<std::pair<int, int>>{{2, 500}, {3, 0}}));
}

TEST(ReadCatalog, TellsWhichPartitionsAndIndexesBelongTogether) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table p (id int primary key, s text) partition by range (id);
    create table p1 partition of p for values from (0) to (10);
    create table p2 (s text, id int not null) partition by range (id);
    alter table p attach partition p2 for values from (10) to (20);
    create index lacks_partitions on only p (s);
    create index p1_s on p1 (s);)");
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(named(catalog.relations, "p1").parent, named(catalog.relations, "p").oid);
  EXPECT_EQ(named(catalog.relations, "p").parent, 0U);

  const IndexInfo& key = named(catalog.indexes, "p_pkey");
  const IndexInfo& child = named(catalog.indexes, "p1_pkey");
  EXPECT_TRUE(key.partitioned && named(catalog.indexes, "p2_pkey").partitioned && !child.partitioned);
  EXPECT_EQ(child.parent, key.oid);
  EXPECT_EQ(child.constraint, named(catalog.constraints, "p1_pkey").oid);
  EXPECT_EQ(named(catalog.constraints, "p1_pkey").index, child.oid);
  EXPECT_TRUE(named(catalog.indexes, "lacks_partitions").valid);
  EXPECT_EQ(named(catalog.indexes, "p1_s").parent, 0U);
}

TEST(ReadCatalog, TellsHowPartitionsAreChosen) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create type mood as enum ('sad', 'happy');
    create table by_hash (m mood, t text) partition by hash (m, t);
    create table by_range (t text, c text collate "C", i text collate "und-x-icu") partition by range (t, c, i);
    create collation loose (provider = icu, locale = 'und', deterministic = false);
    create table by_list (t text collate loose) partition by list (t);
    create function folded(text) returns text immutable language sql as 'select lower($1)';
    create table by_built_in (t text) partition by list (lower(t));
    create table by_own (t text) partition by list (folded(t));
    create table by_hash_function (m mood) partition by range (hashenum(m));)");
  const Catalog catalog = catalog_of(database);
  const auto key = [&](const char* table) { return named(catalog.relations, table).partition_key; };
  EXPECT_EQ(key("by_hash").strategy, 'h');
  ASSERT_EQ(key("by_hash").columns.size(), 2U);
  EXPECT_EQ(key("by_hash").columns[0].type, named(catalog.types, "mood").oid);
  EXPECT_EQ(key("by_hash").columns[0].collation, 'n');
  EXPECT_FALSE(key("by_hash").columns[0].own_operators);
  std::string collations;
  for (const PartitionKey::Column& column : key("by_range").columns) collations += column.collation;
  EXPECT_EQ(collations, "dbl");
  EXPECT_EQ(key("by_list").columns.at(0).collation, 'l');
  EXPECT_FALSE(key("by_list").columns.at(0).deterministic);
  EXPECT_TRUE(key("by_built_in").computed);
  EXPECT_FALSE(key("by_built_in").calls_functions);
  EXPECT_TRUE(key("by_own").calls_functions);
  EXPECT_TRUE(key("by_hash_function").calls_functions);
  EXPECT_FALSE(key("by_hash").computed);
  EXPECT_FALSE(catalog.server.locale.empty());
  EXPECT_FALSE(catalog.server.hash_sample.empty());
}

TEST(ReadCatalog, OrdersColumnsOfPartitionsAsThoseOfTheTopmostParent) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table top (a int, b int, c int) partition by list (a);
    create table middle (c int, b int, a int) partition by list (b);
    create table leaf (b int, gone int, a int, c int);
    alter table leaf drop gone;
    alter table middle attach partition leaf default;
    alter table top attach partition middle default;)");
  const Catalog catalog = catalog_of(database);
  for (const char* table : {"top", "middle", "leaf"}) {
    std::string names;
    for (const Column& column : named(catalog.relations, table).columns) names += column.name;
    EXPECT_EQ(names, "abc") << table;
  }
}

TEST(ReadCatalog, ListsKeysOnceAndForeignKeysOfPartitionsWithTheirParent) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table a (id int primary key, v int, unique (v) deferrable initially deferred, check (v > 0),
                    exclude using btree (v with =) with (fillfactor = 60));
    create table p (id int references a, primary key (id)) partition by range (id);
    create table p1 partition of p for values from (0) to (10);
    create table b (id int references p);
    alter table b add constraint unchecked foreign key (id) references a not valid;)");
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(names(catalog.constraints), (Names{"a_pkey", "a_v_excl", "a_v_key", "b_id_fkey", "unchecked",
                                               "p_id_fkey", "p_pkey", "p1_pkey"}));
  const Constraint& deferred = named(catalog.constraints, "a_v_key");
  EXPECT_TRUE(deferred.kind == 'u' && deferred.deferrable && deferred.deferred && deferred.validated);
  EXPECT_EQ(named(catalog.constraints, "a_v_excl").kind, 'x');
  EXPECT_EQ(named(catalog.constraints, "a_v_excl").definition,
            "EXCLUDE USING btree (v WITH =) WITH (fillfactor='60')");
  const Constraint& unchecked = named(catalog.constraints, "unchecked");
  EXPECT_FALSE(unchecked.validated);
  EXPECT_EQ(unchecked.references, named(catalog.relations, "a").oid);
  EXPECT_EQ(unchecked.index, named(catalog.indexes, "a_pkey").oid);
  EXPECT_EQ(unchecked.definition, "FOREIGN KEY (id) REFERENCES public.a(id) NOT VALID");
}

TEST(ReadCatalog, KnowsWhatMaterializedViewsReadAlsoIndirectly) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table a (i int); create table a_child () inherits (a);
    create table b (i int); create table unrelated (i int);
    create function of_b() returns bigint begin atomic select count(*) from b; end;
    create view v as select * from a;
    create materialized view m1 as select * from v;
    create materialized view m2 as select *, of_b() from m1 with no data;)");
  const Catalog catalog = catalog_of(database);
  const auto read_by = [&](const char* view) {
    std::set<std::string> list;
    for (const Relation& relation : catalog.relations) {
      const std::vector<Oid>& oids = named(catalog.relations, view).depends_on;
      if (std::find(oids.begin(), oids.end(), relation.oid) != oids.end()) list.insert(relation.name.name);
    }
    return list;
  };
  EXPECT_EQ(read_by("m1"), (std::set<std::string>{"a", "a_child"}));
  EXPECT_EQ(read_by("m2"), (std::set<std::string>{"b", "m1"}));
  EXPECT_TRUE(named(catalog.relations, "m1").populated);
  EXPECT_FALSE(named(catalog.relations, "m2").populated);
}

TEST(ReadCatalog, KnowsWhereFunctionsAreCalledThatMayReadTables) {
  const support::Database database(support::shared_source());
  database.psql(
      "create extension citext; create table rates (code text, factor numeric);"
      "create function rate(text) returns numeric language sql immutable"
      "  as 'select factor from public.rates where code = $1';"
      "create function same(text, text) returns bool language sql immutable as 'select rate($1) = rate($2)';"
      "create operator === (leftarg = text, rightarg = text, function = same);"
      "create domain coded as text check (rate(value) is null); create domain over as coded;"
      "create type whole as (n int, code over);"
      "create table by_check (c text check (rate(c) is null));"
      "create table by_operator (c text check (c === 'x'));"
      "create table by_generated (c text, g numeric generated always as (rate(c)) stored);"
      "create table by_domain (c over); create table by_array (c coded[]); create table by_composite (c "
      "whole[]);"
      "create table by_built_in (c text check (query_to_xml('select 1', true, true, c) is not null));"
      "create table parted (c text) partition by list (rate(c));"
      "create table by_partition_key partition of parted for values in (1);"
      "create table plain (c citext check (c <> 'x' and length(c) > 1), d numeric default rate('a'));"
      "create index plain_index on plain (c); create index by_expression on plain (rate(c::text));"
      "create index by_predicate on plain (d) where rate(c::text) > 1;"
      "create table excluding (c text, constraint by_exclusion exclude using btree (rate(c) with =));");
  const Catalog catalog = catalog_of(database);
  for (const Relation& relation : catalog.relations) {
    EXPECT_EQ(relation.reads_in_checks,
              relation.name.name.starts_with("by_") || relation.name.name == "parted")
        << relation.name.name;
  }
  for (const IndexInfo& index : catalog.indexes) {
    EXPECT_EQ(index.reads, index.name.name.starts_with("by_")) << index.name.name;
  }
}

TEST(ReadCatalog, TakesOnlyTheRowsOfExtensionsThatTheUserMayChange) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create extension hstore;
    create table member (i int); create sequence numbers; create sequence private_numbers;
    create table settings (i int primary key); create table all_rows (i int);
    alter extension hstore add table member; alter extension hstore add sequence numbers;
    alter extension hstore add sequence private_numbers;
    alter extension hstore add table settings; alter extension hstore add table all_rows;
    update pg_extension
      set extconfig = array['settings'::regclass, 'all_rows'::regclass, 'numbers'::regclass]::oid[],
          extcondition = array[E'\n wHERE i > 5', '', '']
      where extname = 'hstore';
    create index users_own on settings (i);)");
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(names(catalog.relations), (Names{"public.all_rows", "public.settings"}));
  EXPECT_EQ(named(catalog.relations, "settings").extension, "hstore");
  EXPECT_EQ(named(catalog.relations, "settings").condition, " i > 5");
  EXPECT_EQ(named(catalog.relations, "all_rows").condition, "");
  EXPECT_EQ(names(catalog.sequences), (Names{"public.numbers"}));
  EXPECT_TRUE(catalog.indexes.empty());
  EXPECT_TRUE(catalog.constraints.empty());
}

TEST(ReadCatalog, NamesTheRolesThatTheSchemaNeeds) {
  const Role owner("needed_owner"), reader("needed_reader"), subject("needed_subject"),
      outsider("needed_not");
  const support::Database database(support::shared_source());
  database.psql(R"(
    create table owned (i int); alter table owned owner to needed_owner;
    create extension hstore; create table t (i int); grant select (i) on t to needed_reader;
    alter table t enable row level security; create policy p on t to needed_subject;
    create function f() returns int language sql as 'select 1'; grant execute on function f to pg_monitor;
    alter function hstore(text, text) owner to needed_not;)");
  const Catalog catalog = catalog_of(database);
  EXPECT_EQ(catalog.owners, (std::set<std::string>{"needed_owner", "postgres"}));
  EXPECT_EQ(catalog.grantees, (std::set<std::string>{"needed_reader", "needed_subject", "pg_monitor"}));
  EXPECT_TRUE(catalog.tablespaces.empty());
}

TEST(ReadSequences, ReadsAsManyAsThereAre) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    do $$ begin for i in 1..450 loop
      execute format('create sequence "s ""%s"', i);
      perform setval(format('"s ""%s"', i), i, i % 2 = 0);
    end loop; end $$;)");
  Catalog catalog = catalog_of(database);
  ASSERT_EQ(catalog.sequences.size(), 450U);
  postgres::Connection connection = connect(database);
  ASSERT_TRUE(read_sequences(connection, catalog.sequences));
  const Sequence& odd = named(catalog.sequences, "s \"449");
  EXPECT_EQ(odd.last_value, 449);
  EXPECT_FALSE(odd.is_called);
  EXPECT_EQ(named(catalog.sequences, "s \"2").last_value, 2);
  EXPECT_TRUE(named(catalog.sequences, "s \"2").is_called);
}

TEST(ReadSequences, NamesTheOneThatTheRoleMayNotRead) {
  const Role role("sequence_reader");
  const support::Database database(support::shared_source());
  database.psql(
      "create sequence open; grant select on sequence open to sequence_reader; create sequence shut");
  Catalog catalog = catalog_of(database, "sequence_reader");
  postgres::Connection connection = connect(database, "sequence_reader");
  const Status refused = read_sequences(connection, catalog.sequences);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_EQ(refused.error().message,
            "cannot read the value of sequence public.shut: the role has no SELECT on it");
  catalog.sequences.pop_back();
  EXPECT_TRUE(read_sequences(connection, catalog.sequences));
}

TEST(ReadLargeObjects, CutsThemIntoRangesOfAboutEqualBytes) {
  const support::Database database(support::shared_source());
  database.psql(R"(select lo_create(100 + i) from generate_series(1, 60) i;
                   select lo_from_bytea(3000000000, convert_to(repeat(md5('x'), 10000), 'UTF8'));)");
  postgres::Connection connection = connect(database);
  const LargeObjects objects = value_of(read_large_objects(connection, 3));
  EXPECT_EQ(objects.count, 61);
  EXPECT_TRUE(objects.unreadable.empty());
  EXPECT_GT(objects.bytes, 0);
  // The last one has 157 rows of 2 kB: as heavy as two thirds of all.
  EXPECT_EQ(objects.range_starts, (std::vector<Oid>{101, 3000000000U}));
}

TEST(ReadLargeObjects, CountsThoseThatTheRoleMayNotRead) {
  const Role role("lo_reader");
  const support::Database database(support::shared_source());
  database.psql(R"(select lo_create(100 + i) from generate_series(1, 10) i;
                   grant select on large object 101 to lo_reader; grant select on large object 102 to public;
                   alter large object 103 owner to lo_reader;)");
  postgres::Connection connection = connect(database, "lo_reader");
  const LargeObjects objects = value_of(read_large_objects(connection, 5));
  EXPECT_EQ(objects.count, 10);
  EXPECT_EQ(objects.unreadable, (std::vector<Oid>{104, 105, 106, 107, 108, 109, 110}));
  EXPECT_EQ(objects.range_starts, (std::vector<Oid>{101, 103, 105, 107, 109}));
}

TEST(ReadLargeObjects, FindsNone) {
  const support::Database database(support::shared_source());
  postgres::Connection connection = connect(database);
  const LargeObjects objects = value_of(read_large_objects(connection, 4));
  EXPECT_EQ(objects.count, 0);
  EXPECT_TRUE(objects.range_starts.empty());
}

TEST(ReadContents, FindsNothingInANewDatabase) {
  const support::Database database(support::shared_source());
  postgres::Connection connection = connect(database);
  EXPECT_TRUE(value_of(read_contents(connection)).empty());
}

TEST(ReadContents, ListsWhatStandsOnItsOwn) {
  const support::Database database(support::shared_source());
  database.psql(R"(
    create extension hstore; create schema app;
    create table app.t (id serial primary key, g int generated always as identity);
    create view v as select 1 as i; create sequence free;
    create type mood as enum ('well'); create type pair as (a int, b int); create type span as range (subtype = time);
    create procedure p() language sql as ''; create publication pub;
    create cast (text as mood) with inout; select lo_create(0);)");
  postgres::Connection connection = connect(database);
  const Contents contents = value_of(read_contents(connection));
  Names listed;
  for (const Contents::Object& object : contents.objects)
    listed.push_back(object.kind + " " + shown(object.name));
  EXPECT_EQ(listed, (Names{"extension hstore", "table app.t", "view public.v", "sequence public.free",
                           "procedure public.p", "type public.mood", "type public.pair", "type public.span",
                           "schema app", "cast \"text AS public.mood\"", "publication pub"}));
  EXPECT_EQ(contents.objects[1].bytes, 8192);  // its key's first page
  EXPECT_EQ(contents.large_objects, 1);
  EXPECT_FALSE(contents.empty());
}

TEST(ReadFingerprint, StaysWhileOnlyRowsAndStatisticsChange) {
  const support::Database database(support::shared_source());
  database.psql("create table t (id serial primary key, s text)");
  postgres::Connection connection = connect(database);
  const std::string before = value_of(read_fingerprint(connection));
  database.psql(
      "insert into t (s) select repeat('x', 5000) from generate_series(1, 100); create index on t (s)");
  database.psql("delete from t where id % 2 = 0; vacuum t; analyze t");
  EXPECT_EQ(value_of(read_fingerprint(connection)), before);
}

TEST(ReadFingerprint, StaysWithoutFilesWhileOnlyTheseChange) {
  const support::Database database(support::shared_source());
  database.psql("create table t (id int, s text); create materialized view m as select 1 as i");
  postgres::Connection connection = connect(database);
  const std::string before = value_of(read_fingerprint_without_files(connection));
  database.psql("truncate t; refresh materialized view m");
  EXPECT_EQ(value_of(read_fingerprint_without_files(connection)), before);
  database.psql("alter table t add more int");
  EXPECT_NE(value_of(read_fingerprint_without_files(connection)), before);
}

class FingerprintAfter : public testing::TestWithParam<const char*> {};

TEST_P(FingerprintAfter, IsAnother) {
  const support::Database database(support::shared_source());
  database.psql("create table t (id int, s text); create view v as select 1 as i; insert into t values (1)");
  postgres::Connection connection = connect(database);
  const std::string before = value_of(read_fingerprint(connection));
  database.psql(GetParam());
  EXPECT_NE(value_of(read_fingerprint(connection)), before);
}

INSTANTIATE_TEST_SUITE_P(Changes, FingerprintAfter,
                         testing::Values("truncate t", "drop table t", "alter table t add c int",
                                         "alter table t alter id type bigint", "alter table t drop s",
                                         "alter table t rename s to n", "alter table t alter id set not null",
                                         "alter table t enable row level security",
                                         "alter table t rename to n", "create table n ()", "drop view v"));

TEST(ReadServer, DescribesServerAndRole) {
  const Role role("plain_role");
  const support::Database database(support::shared_source());
  support::shared_source().psql("postgres", "alter role plain_role connection limit 3");
  postgres::Connection connection = connect(database, "plain_role");
  const Server server = value_of(read_server(connection));
  EXPECT_EQ(server.version, connection.version());
  EXPECT_EQ(server.version_text.find(std::to_string(server.version / 10000) + "."), 0U);
  EXPECT_EQ(server.database, database.name());
  EXPECT_GT(server.database_bytes, 1'000'000);
  EXPECT_EQ(server.encoding, "UTF8");
  EXPECT_EQ(server.role, "plain_role");
  EXPECT_FALSE(server.superuser || server.bypasses_row_security || server.may_create || server.in_recovery);
  EXPECT_EQ(server.free_connections, 2);
  EXPECT_FALSE(server.system_identifier.empty());
  EXPECT_EQ(server.settings.at("block_size"), "8192");
  EXPECT_EQ(server.settings.at("fsync"), "off");
  EXPECT_EQ(server.extensions.front().name, "plpgsql");
  EXPECT_NE(std::find(server.roles.begin(), server.roles.end(), "plain_role"), server.roles.end());
  EXPECT_TRUE(std::any_of(server.available_extensions.begin(), server.available_extensions.end(),
                          [](const Extension& extension) { return extension.name == "hstore"; }));
}

TEST(ReadServer, DoesWithoutTheSystemIdentifierWhereItIsHidden) {
  const Role role("kept_out");
  const support::Database database(support::shared_source());
  database.psql("revoke execute on function pg_control_system() from public");
  postgres::Connection connection = connect(database, "kept_out");
  const Result<Server> server = read_server(connection);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(server->system_identifier, "");
}

}  // namespace
}  // namespace pghaul::catalog
