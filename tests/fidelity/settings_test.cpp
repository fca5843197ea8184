#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::fidelity {
namespace {

/// Defaults of a server that change what statements mean and how values are read and written.
const std::vector<std::pair<std::string, std::string>> kHostile = {
    {"DateStyle", "SQL, DMY"},
    {"IntervalStyle", "sql_standard"},
    {"TimeZone", "Asia/Kathmandu"},
    {"extra_float_digits", "-15"},
    {"bytea_output", "escape"},
    {"xmloption", "document"},
    {"array_nulls", "off"},
    {"standard_conforming_strings", "off"},
    {"escape_string_warning", "on"},
    {"backslash_quote", "off"},
    {"transform_null_equals", "on"},
    {"quote_all_identifiers", "on"},
    {"client_encoding", "SQL_ASCII"},
    {"search_path", "look_alikes, pg_catalog"},
    {"row_security", "off"},
    {"default_transaction_read_only", "on"},
    {"default_transaction_isolation", "serializable"},
    {"default_transaction_deferrable", "on"},
    {"default_tablespace", "fidelity_space"},
    {"statement_timeout", "500ms"},
    {"lock_timeout", "1ms"},
    {"idle_in_transaction_session_timeout", "1ms"},
    {"check_function_bodies", "off"},
    {"synchronize_seqscans", "on"},
    {"enable_seqscan", "off"},
    {"client_min_messages", "debug1"},
    {"debug_print_parse", "off"},
    {"default_statistics_target", "1"},
    {"password_encryption", "md5"},
};

/// Changes the server's settings from its next start on.
void make_hostile(support::Cluster& server) {
  for (const auto& [name, value] : kHostile) {
    // A list's value is quoted as a list.
    const bool is_list = name == "search_path" || name == "DateStyle";
    server.psql("postgres", "alter system set " + name + " = " + (is_list ? value : "'" + value + "'"));
  }
  server.restart();
}

class CopyBetweenHostileServers : public testing::TestWithParam<const char*> {};

TEST_P(CopyBetweenHostileServers, EqualsItsSource) {
  support::Cluster source_server;
  support::Cluster target_server;
  prepare(source_server);
  prepare(target_server);
  const support::Database source(source_server);
  const support::Database target(target_server);
  fill(source, GetParam());
  source.psql(
      "create schema look_alikes;"
      "create table look_alikes.pg_class (oid oid, relname name, relkind \"char\", relnamespace oid);"
      "create function look_alikes.format_type(oid, int) returns text language sql as 'select ''lie''';"
      "create function look_alikes.pg_get_expr(pg_node_tree, oid) returns text language sql as 'select "
      "1::text'");
  make_hostile(source_server);
  make_hostile(target_server);
  ASSERT_TRUE(copied(source, target));
  EXPECT_EQ(differences(source, target), "");
}

INSTANTIATE_TEST_SUITE_P(HostileDatabase, CopyBetweenHostileServers, testing::Values("types", "objects"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace pghaul::fidelity
