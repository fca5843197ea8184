#include "job/sync_findings.h"

#include "job/sync_writer.h"
#include "journal/journal.h"

namespace pghaul::job {
namespace {

/// Names triggers and rules that fire although the session is one of replication.
constexpr const char* kAlwaysFire = R"(
SELECT 'trigger ' || pg_catalog.quote_ident(t.tgname) || ' of ' || t.tgrelid::pg_catalog.regclass
FROM pg_catalog.pg_trigger AS t WHERE NOT t.tgisinternal AND t.tgenabled IN ('A', 'R')
UNION ALL
SELECT 'rule ' || pg_catalog.quote_ident(r.rulename) || ' of ' || r.ev_class::pg_catalog.regclass
FROM pg_catalog.pg_rewrite AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class AND c.relkind IN ('r', 'p')
WHERE r.ev_enabled IN ('A', 'R')
ORDER BY 1)";

}  // namespace

std::vector<plan::Finding> findings_of_definitions(const compare::Mismatches& mismatches) {
  std::vector<plan::Finding> findings;
  for (const measure::Report::Mismatch& one : mismatches) {
    findings.push_back({.code = "different_definition",
                        .object = one.object,
                        .message = "the definitions differ: " + one.object + ": " + one.message,
                        .hint = "alter the target to match, or copy it anew: pghaul copy"});
  }
  return findings;
}

Result<std::vector<plan::Finding>> findings_of_target(postgres::Connection& target,
                                                      const discovery::Discovery& found, bool replica,
                                                      const std::string& confirmed) {
  std::vector<plan::Finding> findings;
  if (!replica) {
    const Result<std::vector<std::string>> others = tables_of_others(target);
    if (!others) return fail(others.error());
    for (const std::string& table : *others) {
      findings.push_back({.code = "replication_role",
                          .object = table,
                          .message = "the role on the target may not set session_replication_role, and does "
                                     "not own " +
                                     table + ", whose triggers or foreign keys would act on rows",
                          .hint =
                              "connect as the owner or a superuser, or from PostgreSQL 15 on: GRANT SET ON "
                              "PARAMETER session_replication_role TO …"});
    }
  }
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(target);
  if (!journal) return fail(journal.error());
  if (*journal) {
    const bool live = (*journal)->header().is_live();
    findings.push_back({.code = "unfinished_copy",
                        .message = live ? "a live copy keeps the target up to date"
                                        : "the target holds a copy that is not complete",
                        .hint = live ? "it needs no sync; to end it: pghaul abandon"
                                     : "complete it: pghaul copy --resume; or give it up: pghaul abandon"});
  }
  const Result<postgres::Rows> firing = target.query(kAlwaysFire);
  if (!firing) return firing.error().during("listing the triggers of the target");
  for (int row = 0; row < firing->size(); ++row) {
    findings.push_back(
        {.code = "trigger_always_fires",
         .object = firing->string(row, 0),
         .message = firing->string(row, 0) + " fires in every session, also while rows are written",
         .hint = "disable it on the target meanwhile, and on the source, as definitions are compared"});
  }
  if (confirmed != found.target->database) {
    findings.push_back({.code = "target_not_empty",
                        .object = found.target->database,
                        .message = "rows of the target database " + found.target->database +
                                   " that differ from the source's will be deleted or replaced",
                        .hint = "confirm it: --confirm " + found.target->database});
  }
  return findings;
}

Status refusal_of_contents(const std::vector<compare::DifferentTable>& tables) {
  for (const compare::DifferentTable& table : tables) {
    if (!table.only_counted) continue;
    return fail(Error{ErrorCode::refused,
                      "the two servers write floating-point numbers of " + table.object +
                          " differently, so its rows can't be told apart",
                      {},
                      "leave it out (-T), and copy it by other means",
                      table.object});
  }
  return {};
}

}  // namespace pghaul::job
