#include "live/large_object_carry.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "live/copy_table_rows.h"
#include "measure/sample_statistics.h"
#include "postgres/transaction.h"
#include "tasks/large_object_properties.h"
#include "tasks/large_objects_sql.h"

namespace pghaul::live {
namespace {

using Clock = std::chrono::steady_clock;

/// Lists objects with digests of their pages, and of those of owner and grants that are `wanted`. Pages that
/// were never written are missing where they are not in a copy, which costs another copy.
std::string list_query(const tasks::ObjectProperties& wanted) {
  constexpr const char* kOwner = ", pg_catalog.pg_get_userbyid(m.lomowner)";
  constexpr const char* kGrants =
      ", (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', CASE a.grantee WHEN 0 THEN '' ELSE"
      "   pg_catalog.pg_get_userbyid(a.grantee)::text END, a.privilege_type, a.is_grantable), ',' ORDER BY"
      "   pg_catalog.pg_get_userbyid(a.grantee), a.privilege_type)"
      "  FROM pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) AS a)";
  return fmt::format(
      "SELECT m.oid, pg_catalog.md5(pg_catalog.concat_ws('|',"
      " (SELECT pg_catalog.string_agg(p.pageno || ':' || pg_catalog.md5(p.data), ',' ORDER BY p.pageno)"
      "  FROM pg_catalog.pg_largeobject AS p WHERE p.loid = m.oid){}{}))"
      " FROM pg_catalog.pg_largeobject_metadata AS m",
      wanted.with_owner ? kOwner : "", wanted.with_acl ? kGrants : "");
}

Result<bool> is_superuser(postgres::Connection& server) {
  const Result<postgres::Rows> rows =
      server.query("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user");
  if (!rows) return fail(rows.error());
  return rows->boolean(0, 0);
}

Result<bool> has_any(postgres::Connection& server) {
  const Result<postgres::Rows> rows =
      server.query("SELECT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)");
  if (!rows) return fail(rows.error());
  return rows->boolean(0, 0);
}

}  // namespace

LargeObjectCarry::LargeObjectCarry(const discovery::Options& options)
    : wanted_{.with_owner = options.filters.with_owner,
              .with_acl = options.filters.with_acl,
              .with_comments = options.filters.with_comments,
              .role = {}} {}

Result<bool> LargeObjectCarry::is_needed(postgres::Connection& source, postgres::Connection& target,
                                         const discovery::Options& options) {
  if (!options.wants_large_objects()) return false;
  for (postgres::Connection* server : {&source, &target}) {
    const Result<bool> may = is_superuser(*server);
    if (!may) return may.error().during("looking at what the role may do with large objects");
    if (!*may) return false;
  }
  const Result<bool> here = has_any(source);
  if (!here || *here) return here;
  return has_any(target);
}

Result<LargeObjectCarry::Digests> LargeObjectCarry::read(postgres::Connection& server) const {
  const Result<postgres::Rows> rows = server.query(list_query(wanted_));
  if (!rows) return rows.error().during("comparing large objects");
  Digests digests;
  for (int row = 0; row < rows->size(); ++row) digests.emplace(rows->oid(row, 0), rows->string(row, 1));
  return digests;
}

Status LargeObjectCarry::copy_beforehand(postgres::Connection& source, postgres::Connection& target) {
  Result<Digests> there = read(target);
  if (!there) return fail(there.error());
  there_ = std::move(*there);
  const auto start = Clock::now();
  const postgres::Transaction reading =
      postgres::Transaction::begin(source, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const Result<Digests> here = read(source);
  if (!here) return fail(here.error());
  postgres::Transaction writing = postgres::Transaction::begin(target);
  const Result<bool> copied = copy_differing(source, target, *here);
  if (!copied) return fail(copied.error());
  if (Status done = writing.commit(); !done) return done;
  committed();
  forecast_seconds_ = measure::seconds_since(start);
  return {};
}

Status LargeObjectCarry::copy_changed(postgres::Connection& source, postgres::Connection& target) {
  const auto start = Clock::now();
  const Result<Digests> here = read(source);
  if (!here) return fail(here.error());
  const Result<bool> copied = copy_differing(source, target, *here);
  if (!copied) return fail(copied.error());
  if (*copied) seconds_ = measure::seconds_since(start);
  return {};
}

/// Tells whether there were any.
Result<bool> LargeObjectCarry::copy_differing(postgres::Connection& source, postgres::Connection& target,
                                              const Digests& here) {
  next_.reset();
  std::vector<std::uint32_t> removed;
  std::vector<std::uint32_t> copied;
  for (const auto& [oid, digest] : there_) {
    const auto same = here.find(oid);
    if (same == here.end() || same->second != digest) removed.push_back(oid);
  }
  for (const auto& [oid, digest] : here) {
    const auto same = there_.find(oid);
    if (same == there_.end() || same->second != digest) copied.push_back(oid);
  }
  if (removed.empty() && copied.empty()) return false;
  const Status emptied = target.execute(
      fmt::format("SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.unnest('{{{}}}'::oid[]) AS oid; {}",
                  fmt::join(removed, ","), tasks::kMakeStaging));
  if (!emptied) return emptied.error().during("removing large objects from the target");
  const std::string chosen = fmt::format(" = ANY ('{{{}}}'::oid[])", fmt::join(copied, ","));
  const Status staged = copy_rows(source, tasks::copy_large_objects_sql("oid" + chosen), target,
                                  tasks::kStageLargeObjects, postgres::CopyFormat::binary, "large objects");
  if (!staged) return fail(staged.error());
  const Status created = target.execute(tasks::kCreateStaged);
  if (!created) return created.error().during("cannot create large objects");
  const Result<postgres::Rows> properties =
      source.query(tasks::large_object_properties_query("object.oid" + chosen, wanted_));
  if (!properties) return properties.error().during("reading the owners and grants of large objects");
  std::string statements = "SELECT 1";
  for (int row = 0; row < properties->size(); ++row) statements += "; " + properties->string(row, 0);
  const Status set = target.execute(statements + "; DROP TABLE pg_temp.pghaul_large_objects");
  if (!set) return set.error().during("setting the owners and grants of large objects");
  next_ = here;
  return true;
}

void LargeObjectCarry::committed() {
  if (next_) there_ = *std::exchange(next_, std::nullopt);
}

measure::Report::Carried LargeObjectCarry::report() const {
  return {.object = "large objects",
          .reason = "their changes are not followed",
          .forecast_seconds = forecast_seconds_,
          .seconds = seconds_};
}

}  // namespace pghaul::live
