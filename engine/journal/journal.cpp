#include "journal/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "measure/version.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"

namespace pghaul::journal {
namespace {

using postgres::quote;
using postgres::quote_literal;

constexpr const char* kSchema = "pghaul_journal";
constexpr int kFormat = 1;
constexpr std::int64_t kWholeTask = -1;  // kNone in the journal's rows

/// Finds schemas that look like a journal's. One that was copied along, because the source is itself the
/// target of an unfinished copy, belongs to another database.
constexpr const char* kCandidates =
    "SELECT n.nspname FROM pg_catalog.pg_namespace AS n"
    " JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'job'"
    " JOIN pg_catalog.pg_class AS d ON d.relnamespace = n.oid AND d.relname = 'done'"
    " WHERE n.nspname ~ '^pghaul_journal(_[0-9]+)?$' ORDER BY n.nspname";
constexpr const char* kThisDatabase =
    "SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system())::text || '/' || oid"
    " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()";

const char* stage_name(Journal::Stage stage) {
  switch (stage) {
    case Journal::Stage::pre_data:
      return "pre-data";
    case Journal::Stage::tasks:
      return "tasks";
    case Journal::Stage::opened:
      return "opened";
    case Journal::Stage::at_the_end:
      return "at the end";
    case Journal::Stage::following:
      return "following";
  }
  return "";
}

std::optional<Journal::Stage> stage_named(std::string_view name) {
  for (const Journal::Stage stage : {Journal::Stage::pre_data, Journal::Stage::tasks, Journal::Stage::opened,
                                     Journal::Stage::at_the_end, Journal::Stage::following}) {
    if (name == stage_name(stage)) return stage;
  }
  return std::nullopt;
}

Result<std::vector<DoneEntry>> lines_of(const postgres::Rows& rows, const std::string& schema) {
  std::vector<DoneEntry> lines;
  for (int row = 0; row < rows.size(); ++row) {
    DoneEntry line;
    const std::int64_t object = rows.integer(row, 1);
    if (object != kWholeTask) line.object = static_cast<catalog::Place>(object);
    line.digest.rows = static_cast<std::uint64_t>(rows.integer(row, 2));
    line.digest.bytes = static_cast<std::uint64_t>(rows.integer(row, 3));
    line.seconds = rows.real(row, 5);
    if (!line.digest.set_hex(rows.text(row, 4))) {
      return fail(ErrorCode::refused, "the journal in schema " + schema + " has been altered",
                  "start anew: pghaul copy --confirm");
    }
    lines.push_back(line);
  }
  return lines;
}

std::string options_sql(const std::map<std::string, std::string>& options) {
  std::string names;
  std::string values;
  for (const auto& [name, value] : options) {
    names += (names.empty() ? "" : ", ") + quote_literal(name);
    values += (values.empty() ? "" : ", ") + quote_literal(value);
  }
  return "pg_catalog.jsonb_object(ARRAY[" + names + "]::text[], ARRAY[" + values + "]::text[])";
}

constexpr const char* kDone = "done";
constexpr const char* kDoneUntilCrash = "done_until_crash";
constexpr const char* kColumns = "task, object, rows, bytes, digest, seconds";

}  // namespace

bool Journal::Header::opened() const {
  const auto open_after = options.find("open-after");
  const bool early =
      open_after != options.end() && open_after->second != milestone_name(plan::Milestone::verified);
  return early && (stage == Stage::opened || stage == Stage::at_the_end);
}

bool Journal::Header::is_live() const {
  const auto follow = options.find("follow");
  return follow != options.end() && follow->second == "true";
}

std::string Journal::Header::filled_at() const {
  const auto value = options.find("filled-at");
  return value == options.end() ? std::string() : value->second;
}

std::string Journal::table(const char* name) const {
  return quote(schema_, name);
}

Result<std::optional<Journal>> Journal::find(postgres::Connection& target) {
  const Result<std::vector<postgres::Rows>> found = target.query_all({kThisDatabase, kCandidates});
  if (!found) return found.error().during("looking for a journal in the target");
  const std::string database = found->front().string(0, 0);
  const postgres::Rows& candidates = found->back();
  for (int candidate = 0; candidate < candidates.size(); ++candidate) {
    Journal journal(candidates.string(candidate, 0), {});
    const Result<postgres::Rows> rows = target.query(
        "SELECT format, target, version, started, source, source_description, source_state,"
        " definitions, sizes, plan, jobs, stage, run, split FROM " +
        journal.table("job"));
    if (!rows) return rows.error().during("reading the journal in schema " + journal.schema_);
    if (rows->size() != 1 || rows->text(0, 1) != database) continue;
    const std::optional<Stage> stage = stage_named(rows->text(0, 11));
    if (rows->integer(0, 0) != kFormat || !stage) {
      return fail(ErrorCode::refused,
                  fmt::format("the journal in the target was written by pghaul {}, which this {} can't read",
                              rows->text(0, 2), measure::kVersion),
                  "continue with that version, or start anew: pghaul copy --confirm");
    }
    Header& header = journal.header_;
    header.version = rows->string(0, 2);
    header.started = rows->string(0, 3);
    header.source = rows->string(0, 4);
    header.source_description = rows->string(0, 5);
    header.source_state = rows->string(0, 6);
    header.definitions = rows->string(0, 7);
    header.sizes = rows->string(0, 8);
    header.plan = rows->string(0, 9);
    header.jobs = static_cast<int>(rows->integer(0, 10));
    header.stage = *stage;
    header.run = static_cast<int>(rows->integer(0, 12));
    header.split = rows->text(0, 13) == "t";
    const Result<postgres::Rows> options = target.query("SELECT o.key, o.value FROM " + journal.table("job") +
                                                        ", LATERAL pg_catalog.jsonb_each_text(options) AS o");
    if (!options) return options.error().during("reading the journal in schema " + journal.schema_);
    for (int row = 0; row < options->size(); ++row)
      header.options[options->string(row, 0)] = options->string(row, 1);
    return std::optional<Journal>(std::move(journal));
  }
  return std::optional<Journal>();
}

Result<std::vector<std::string>> Journal::list_schemas(postgres::Connection& target) {
  const Result<postgres::Rows> found = target.query(kCandidates);
  if (!found) return found.error().during("looking for a journal in the target");
  std::vector<std::string> schemas;
  for (int row = 0; row < found->size(); ++row) schemas.push_back(found->string(row, 0));
  return schemas;
}

Result<Journal> Journal::create(postgres::Connection& target, Header header,
                                const std::vector<std::string>& taken, const std::string& instead_of) {
  std::string schema = kSchema;
  for (int number = 2; std::ranges::find(taken, schema) != taken.end(); ++number) {
    schema = fmt::format("{}_{}", kSchema, number);
  }
  header.version = measure::kVersion;
  header.stage = Stage::pre_data;
  const Journal journal(std::move(schema), std::move(header));
  const Header& h = journal.header_;
  const std::string sql = fmt::format(
      "CREATE SCHEMA {0};"
      "COMMENT ON SCHEMA {0} IS 'journal of an unfinished pghaul copy: pghaul copy --resume continues it,"
      " pghaul abandon removes it';"
      "CREATE TABLE {1} (run int PRIMARY KEY, format int, target text, version text, started text,"
      " source text, source_description text, source_state text, options jsonb, definitions text, sizes text,"
      " plan text, jobs int, stage text, split boolean);"
      "CREATE TABLE {2} (run int NOT NULL REFERENCES {1} ON UPDATE CASCADE, task bigint, object bigint,"
      " rows bigint, bytes bigint, digest text, seconds float8, PRIMARY KEY (task, object));"
      "CREATE UNLOGGED TABLE {18} (LIKE {2} INCLUDING INDEXES,"
      " FOREIGN KEY (run) REFERENCES {1} ON UPDATE CASCADE);"
      "INSERT INTO {1} VALUES ({3}, {4}, ({5}), {6}, {7}, {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15}, "
      "{16}, "
      "{17})",
      quote(journal.schema_), journal.table("job"), journal.table(kDone), h.run, kFormat, kThisDatabase,
      quote_literal(h.version), quote_literal(h.started), quote_literal(h.source),
      quote_literal(h.source_description), quote_literal(h.source_state), options_sql(h.options),
      quote_literal(h.definitions), quote_literal(h.sizes), quote_literal(h.plan), h.jobs,
      quote_literal(stage_name(h.stage)), h.split, journal.table(kDoneUntilCrash));
  const std::string replaced = instead_of.empty() ? "" : "DROP SCHEMA " + quote(instead_of) + " CASCADE;";
  const Status created = target.execute(replaced + sql);
  if (!created) return created.error().during("cannot create the journal in the target");
  return journal;
}

Status Journal::claim(postgres::Connection& target) {
  const Status taken =
      target.execute(fmt::format("UPDATE {} SET run = run + 1 WHERE run = {}", table("job"), header_.run));
  if (!taken) return taken.error().during("cannot take over the journal in the target");
  ++header_.run;
  return {};
}

Status Journal::enter(postgres::Connection& target, Stage stage) {
  const Result<postgres::Rows> entered =
      target.query(fmt::format("UPDATE {} SET stage = {} WHERE run = {}", table("job"),
                               quote_literal(stage_name(stage)), header_.run));
  if (!entered) return entered.error().during("cannot write to the journal in the target");
  if (entered->affected() != 1) {
    return fail(ErrorCode::refused, "another pghaul has taken over this copy",
                "leave it to that one, or stop it and use --resume");
  }
  header_.stage = stage;
  return {};
}

std::string Journal::insert(plan::TaskId task, const std::vector<DoneEntry>& lines, Lasts lasts) const {
  return insert(task, lines, lasts,
                [](const DoneEntry& line) { return fmt::format("{:.6f}", line.seconds); });
}

std::string Journal::insert_with_work(plan::TaskId task, const std::vector<catalog::Place>& objects) const {
  std::vector<DoneEntry> lines;
  for (const catalog::Place object : objects) lines.push_back({object, {}, 0});
  return insert(task, lines, Lasts::for_good, [&](const DoneEntry&) {
    return fmt::format(
        "extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) / {}",
        std::max<std::size_t>(1, objects.size()));
  });
}

std::string Journal::insert(plan::TaskId task, const std::vector<DoneEntry>& lines, Lasts lasts,
                            const std::function<std::string(const DoneEntry&)>& seconds) const {
  std::string values;
  const auto add = [&](const DoneEntry& line) {
    const std::int64_t object = line.object == catalog::kNone ? kWholeTask : std::int64_t{line.object};
    fmt::format_to(std::back_inserter(values), "{}({}, {}, {}, {}, {}, '{}', {})", values.empty() ? "" : ", ",
                   header_.run, task, object, line.digest.rows, line.digest.bytes, line.digest.hex(),
                   seconds(line));
  };
  for (const DoneEntry& line : lines) add(line);
  if (lines.empty()) add({});
  return fmt::format("INSERT INTO {} (run, {}) VALUES {}",
                     table(lasts == Lasts::for_good ? kDone : kDoneUntilCrash), kColumns, values);
}

/// Returns the tables of lines, as a part of FROM.
std::string Journal::all_done() const {
  return fmt::format("(SELECT {0} FROM {1} UNION ALL SELECT {0} FROM {2}) AS done", kColumns, table(kDone),
                     table(kDoneUntilCrash));
}

Result<Journal::Done> Journal::read(postgres::Connection& target) const {
  const Result<postgres::Rows> rows =
      target.query(fmt::format("SELECT {} FROM {} ORDER BY task, object", kColumns, all_done()));
  if (!rows) return rows.error().during("reading the journal in the target");
  const Result<std::vector<DoneEntry>> lines = lines_of(*rows, schema_);
  if (!lines) return fail(lines.error());
  Done done;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    done[static_cast<plan::TaskId>(rows->integer(static_cast<int>(i), 0))].push_back((*lines)[i]);
  }
  return done;
}

Result<std::vector<std::pair<plan::TaskId, std::uint64_t>>> Journal::transactions(
    postgres::Connection& target) const {
  const Result<postgres::Rows> rows = target.query(
      fmt::format("SELECT task, xmin::text::bigint FROM {} UNION SELECT task, xmin::text::bigint FROM {}",
                  table(kDone), table(kDoneUntilCrash)));
  if (!rows) return rows.error().during("reading the journal in the target");
  std::vector<std::pair<plan::TaskId, std::uint64_t>> all;
  for (int row = 0; row < rows->size(); ++row) {
    all.emplace_back(static_cast<plan::TaskId>(rows->integer(row, 0)),
                     static_cast<std::uint64_t>(rows->integer(row, 1)));
  }
  return all;
}

Result<std::vector<DoneEntry>> Journal::read(postgres::Connection& target, plan::TaskId task) const {
  const Result<postgres::Rows> rows = target.query(
      fmt::format("SELECT {} FROM {} WHERE task = {} ORDER BY object", kColumns, all_done(), task));
  if (!rows) return rows.error().during("reading the journal in the target");
  return lines_of(*rows, schema_);
}

Status Journal::forget(postgres::Connection& target, plan::TaskId task) const {
  const Status forgotten =
      target.execute(fmt::format("DELETE FROM {0} WHERE task = {2}; DELETE FROM {1} WHERE task = {2}",
                                 table(kDone), table(kDoneUntilCrash), task));
  if (!forgotten) return forgotten.error().during("cannot write to the journal in the target");
  return {};
}

Status Journal::make_durable(postgres::Connection& target, const std::stop_token& stop) const {
  postgres::Transaction barrier = postgres::Transaction::begin(target);
  target.send_ahead(postgres::kCommitAsConfigured);
  const Status durable = barrier.commit(fmt::format("UPDATE {} SET stage = stage", table("job")));
  if (!durable) return durable.error().during("making the copy durable in the target");
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return {};
}

/// Waits until the removal is on the target's disk; for no standby, which make_durable() has done. CREATE,
/// ALTER and DROP EVENT TRIGGER are the commands that fire none.
/// Source  PostgreSQL manual, "Overview of Event Trigger Behavior".
Status Journal::remove(postgres::Connection& target) const {
  const Result<postgres::Rows> triggers = target.query(
      "SELECT pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', evtname),"
      " pg_catalog.format('ALTER EVENT TRIGGER %I ENABLE%s', evtname,"
      "  CASE evtenabled WHEN 'A' THEN ' ALWAYS' WHEN 'R' THEN ' REPLICA' ELSE '' END)"
      " FROM pg_catalog.pg_event_trigger AS t JOIN pg_catalog.pg_roles AS r ON r.rolname = CURRENT_USER"
      " WHERE t.evtenabled <> 'D' AND (r.rolsuper OR t.evtowner = r.oid)");
  if (!triggers) return triggers.error().during("listing the target's event triggers");
  std::string before;
  std::string after;
  for (int row = 0; row < triggers->size(); ++row) {
    before += triggers->string(row, 0) + ";";
    after += triggers->string(row, 1) + ";";
  }
  postgres::Transaction removing = postgres::Transaction::begin(target);
  const Status removed = removing.commit("SET LOCAL synchronous_commit = local;" + before + "DROP SCHEMA " +
                                         quote(schema_) + " CASCADE;" + after);
  if (!removed) return removed.error().during("cannot remove the journal from the target");
  return {};
}

}  // namespace pghaul::journal
