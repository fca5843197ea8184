#include "postgres/session_settings.h"

#include <utility>
#include <vector>

#include "postgres/quote.h"

namespace pghaul::postgres {

std::string session_settings(Side side, int version, const std::string& encoding) {
  // Keepalives make the server release soon what the session of a machine that is gone had locked.
  std::string sql =
      "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;"
      "SET search_path = '';"
      "SET client_min_messages = error;"  // while rows go in, an answer can then only be an error
      "SET DateStyle = 'ISO, YMD';"
      "SET IntervalStyle = postgres;"
      "SET TimeZone = 'UTC';"
      "SET extra_float_digits = 3;"
      "SET bytea_output = hex;"
      "SET lc_monetary = 'C';"
      "SET xmloption = content;"
      "SET standard_conforming_strings = on;"
      "SET array_nulls = on;"             // off, it reads NULL in an array as a text of four letters
      "SET quote_all_identifiers = off;"  // for tables whose names are stored, too
      "SET transform_null_equals = off;"
      "SET row_security = off;"  // an error instead of fewer rows
      "SET lock_timeout = 0;"
      "SET idle_in_transaction_session_timeout = 0;"
      "SET default_transaction_isolation = 'read committed';"
      "SET default_transaction_read_only = off;"
      "SET default_transaction_deferrable = off;"
      "SET client_encoding = " +
      quote_literal(encoding) + ";";
  if (version >= 110000) sql += "SET jit = off;";
  if (version >= 140000) sql += "SET idle_session_timeout = 0;";
  if (version >= 170000) sql += "SET transaction_timeout = 0;";
  if (side == Side::source) {
    sql += "SET synchronize_seqscans = off;";  // rows keep the order of the source's pages
  } else {
    sql += "SET synchronous_commit = off; SET default_tablespace = '';";
  }
  return sql;
}

std::string replication_settings(int version, const std::string& encoding) {
  std::vector<std::pair<const char*, std::string>> settings = {
      {"statement_timeout", "0"},
      {"lock_timeout", "0"},
      {"idle_in_transaction_session_timeout", "0"},
      {"tcp_keepalives_idle", "30"},
      {"tcp_keepalives_interval", "10"},
      {"tcp_keepalives_count", "3"},
      {"search_path", ""},
      {"client_min_messages", "error"},
      {"DateStyle", "ISO, YMD"},
      {"IntervalStyle", "postgres"},
      {"TimeZone", "UTC"},
      {"extra_float_digits", "3"},
      {"bytea_output", "hex"},
      {"lc_monetary", "C"},
      {"xmloption", "content"},
      {"quote_all_identifiers", "off"},
      {"client_encoding", encoding},
  };
  if (version >= 140000) settings.emplace_back("idle_session_timeout", "0");
  if (version >= 170000) settings.emplace_back("transaction_timeout", "0");
  std::string sql = "SELECT pg_catalog.pg_backend_pid()";
  for (const auto& [name, value] : settings) {
    sql += std::string(", pg_catalog.set_config('") + name + "', " + quote_literal(value) + ", false)";
  }
  return sql;
}

}  // namespace pghaul::postgres
