#include "schema/schema_archive.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/record_schema.h"
#include "postgres/quote.h"
#include "schema/archive_tablespaces.h"
#include "schema/attended_program.h"
#include "schema/child_connection.h"
#include "schema/excluded_entries.h"

namespace pghaul::schema {
namespace {

/// Bounds pg_dump's wait for a lock: it waits behind a session that waits for an ACCESS EXCLUSIVE lock on a
/// table that we hold, which the server can't see as a deadlock.
constexpr const char* kLockWait = "--lock-wait-timeout=60000";  // milliseconds, for all tables together
/// Settings that pg_dump and pg_restore do not set themselves, and that would change what they write or how
/// it is read; or that they set too late: a database's statement_timeout may end their first queries.
constexpr const char* kSourceSettings =
    "-c statement_timeout=0 -c quote_all_identifiers=off -c bytea_output=hex";
constexpr const char* kTargetSettings =
    "-c statement_timeout=0 -c default_transaction_read_only=off -c synchronous_commit=off "
    "-c quote_all_identifiers=off -c array_nulls=on -c transform_null_equals=off ";

/// For a pooler that refuses to pass settings on: pg_dump and pg_restore make most of them by themselves.
constexpr const char* kNoSettings = "";

/// Recognizes the refusal of a pooler such as PgBouncer, which by default takes no parameter `options`.
bool refuses_settings(std::string_view err) {
  return err.find("unsupported startup parameter") != std::string_view::npos;
}

/// Recognizes the refusal of a server that lets a role SET something, but not begin a session with it.
bool may_not_begin_with_settings(std::string_view err) {
  return err.find("permission denied to set parameter") != std::string_view::npos;
}

/// Runs a program that connects to `server`, with these settings for its session.
Result<process::Finished> run_connected(process::Program program, const postgres::ConnectionString& server,
                                        postgres::Side side, const std::string& settings,
                                        const std::stop_token& stop,
                                        const std::function<void(std::string_view)>& on_line = {}) {
  const Result<ChildConnection> connection = ChildConnection::create(server, settings);
  if (!connection) return fail(connection.error());
  connection->give_to(program);
  return run_attended(program, server, side, stop, on_line);
}

process::Program in_c_locale(std::vector<std::string> arguments) {
  return {std::move(arguments), {{"LC_ALL", "C"}}, {}};
}

void add_patterns(process::Program& program, const char* option, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) program.arguments.push_back(option + pattern);
}

/// Returns a pattern that matches nothing else.
std::string pattern_for(const catalog::Name& name) {
  return postgres::quote(name.schema, name.name);
}

/// Returns what `name` writes with the given label: "no matching tables…" of "pg_dump: error: no matching
/// tables…".
std::vector<std::string> said(const std::string& name, const char* label, std::string_view err) {
  const std::string beginning = name + ": " + label + ": ";
  const std::string detail = name + ": detail: ";
  std::vector<std::string> result;
  bool in_one = false;
  while (!err.empty()) {
    const std::size_t end = err.find('\n');
    const std::string_view line = err.substr(0, end);
    err.remove_prefix(end == std::string_view::npos ? err.size() : end + 1);
    if (line.starts_with(beginning)) {
      result.emplace_back(line.substr(beginning.size()));
      in_one = true;
    } else if (in_one && line.starts_with(detail) && !line.substr(detail.size()).starts_with("Query was")) {
      result.back() += " (" + std::string(line.substr(detail.size())) + ")";
    } else {
      in_one = in_one && !line.starts_with(name);
    }
  }
  return result;
}

/// Recognizes warnings about restoring section by section, or data alone, which pghaul takes care of itself.
bool is_about_order(const std::string& warning) {
  return warning.starts_with("there are circular foreign-key constraints") ||
         warning.starts_with("archive items not in correct section order");
}

std::string how_it_ended(const process::Finished& finished) {
  return finished.exit_status > 128 ? "it was killed by signal " + std::to_string(finished.exit_status - 128)
                                    : "it ended with status " + std::to_string(finished.exit_status);
}

tl::unexpected<Error> dump_failed(const process::Finished& finished, postgres::Side side) {
  const std::string server = side_name(side);
  const std::vector<std::string> errors = said("pg_dump", "error", finished.err);
  const std::string first = errors.empty() ? how_it_ended(finished) : errors.front();
  if (first.starts_with("no matching ")) {
    return fail(ErrorCode::usage, first, "check the pattern; names in capitals need quotes within it");
  }
  if (tells_of_lost_connection(first)) {
    return fail(ErrorCode::connection_lost,
                "pg_dump lost the " + server + " while it read the schema: " + first);
  }
  if (tells_of_failed_connection(first)) {
    return fail(ErrorCode::connection_failed, "pg_dump cannot connect to the " + server + ": " + first);
  }
  const bool waited = first.find("canceling statement due to") != std::string::npos;
  return fail(ErrorCode::program_failed, "pg_dump could not read the " + server + "'s schema: " + first,
              waited ? "another session waits for an exclusive lock on a table of the " + server + "; end it"
                     : std::string());
}

/// Returns the list by which pg_restore finds the entries to restore; nothing but their numbers counts.
std::string use_list(const std::vector<Entry>& entries) {
  std::string lines;
  for (const Entry& entry : entries) lines += std::to_string(entry.dump_id) + ";\n";
  return lines;
}

}  // namespace

Result<SchemaArchive> SchemaArchive::dump(const std::vector<Programs>& programs,
                                          const postgres::ConnectionString& source, postgres::Side side,
                                          const std::string& snapshot, const Filters& filters,
                                          const std::stop_token& stop) {
  std::optional<SchemaArchive> second_best;
  for (const Programs& each : programs) {
    Result<SchemaArchive> archive = dump_with(each, source, side, snapshot, filters, stop);
    if (!archive) return archive;
    const Result<bool> hidden = archive->sets_hidden_options();
    if (!hidden) return fail(hidden.error());
    if (!*hidden) return archive;
    if (!second_best) second_best = std::move(*archive);
  }
  if (!second_best) return fail(ErrorCode::internal, "there is no pg_dump to try");
  second_best->warnings_.push_back(
      "pg_dump " + second_best->programs_.version_text() +
      " writes the source's hidden column option pg_attver as if it were an ordinary one, which a target of "
      "an "
      "older minor version refuses together with the table; a newer minor version of pg_dump leaves it out");
  return std::move(*second_best);
}

Result<SchemaArchive> SchemaArchive::dump_with(const Programs& programs,
                                               const postgres::ConnectionString& source, postgres::Side side,
                                               const std::string& snapshot, const Filters& filters,
                                               const std::stop_token& stop) {
  Result<process::PrivateFile> file = process::PrivateFile::create();
  if (!file) return fail(file.error());

  process::Program program =
      in_c_locale({programs.dump, "--format=custom", "--schema-only", "--no-sync",
                   "--quote-all-identifiers",  // words may be reserved on only one of the servers
                   "--strict-names", kLockWait, "--file=" + file->path()});
  if (!snapshot.empty()) program.arguments.push_back("--snapshot=" + snapshot);
  program.descriptors.push_back(file->descriptor());
  add_patterns(program, "--schema=", filters.schemas);
  add_patterns(program, "--exclude-schema=", filters.excluded_schemas);
  program.arguments.push_back(std::string("--exclude-schema=") +
                              kRecordSchema);  // of an earlier copy into this one
  add_patterns(program, "--table=", filters.tables);
  add_patterns(program, "--exclude-table=", filters.excluded_tables);
  // Where everything is dumped, that leaves out what belongs to no schema, too; excluded_entries() does not.
  if (!filters.with_database()) add_patterns(program, "--extension=", filters.extensions);
  if (!filters.with_subscriptions) program.arguments.push_back("--no-subscriptions");  // nor a warning
  for (const catalog::Name& name : filters.unreadable) {
    program.arguments.push_back("--exclude-table=" + pattern_for(name));
  }
  Result<process::Finished> finished = run_connected(program, source, side, kSourceSettings, stop);
  if (finished && refuses_settings(finished->err)) {
    finished = run_connected(program, source, side, kNoSettings, stop);
  }
  if (!finished) return fail(finished.error());
  if (finished->exit_status != 0) return dump_failed(*finished, side);

  SchemaArchive archive(programs, std::move(*file), filters);
  archive.warnings_ = said("pg_dump", "warning", finished->err);
  std::erase_if(archive.warnings_, is_about_order);
  if (const Status read = archive.read_entries(stop); !read) return fail(read.error());
  return archive;
}

Result<SchemaArchive> SchemaArchive::open(const std::vector<Programs>& programs, const std::string& content,
                                          const Filters& filters, const std::stop_token& stop) {
  Error refusal{.code = ErrorCode::program_missing,
                .message = "there is no pg_restore to read the schema with"};
  for (const Programs& each : programs) {
    Result<process::PrivateFile> file = process::PrivateFile::create(content);
    if (!file) return fail(file.error());
    SchemaArchive archive(each, std::move(*file), filters);
    const Status read = archive.read_entries(stop);
    if (read) return archive;
    refusal = read.error();
  }
  return fail(std::move(refusal));
}

Status SchemaArchive::read_entries(const std::stop_token& stop) {
  const Result<std::string> verbose = list({"--verbose"}, stop);
  if (!verbose) return fail(verbose.error());
  const Result<std::string> post_data = list({"--section=post-data"}, stop);
  if (!post_data) return fail(post_data.error());
  entries_ = parse_listing(*verbose, *post_data);
  return {};
}

std::set<std::pair<catalog::Oid, catalog::Oid>> SchemaArchive::objects() const {
  std::set<std::pair<catalog::Oid, catalog::Oid>> objects;
  for (const Entry& entry : entries_) {
    if (entry.catalog != 0) objects.emplace(entry.catalog, entry.oid);
  }
  return objects;
}

std::vector<int> SchemaArchive::leave_out(const std::set<std::pair<catalog::Oid, catalog::Oid>>& objects) {
  std::set<int> gone;
  std::erase_if(entries_, [&](const Entry& entry) {
    const bool goes = entry.oid == 0
                          ? std::ranges::any_of(entry.depends_on, [&](int id) { return gone.contains(id); })
                          : objects.contains({entry.catalog, entry.oid});
    if (goes) gone.insert(entry.dump_id);
    return goes;
  });
  return {gone.begin(), gone.end()};
}

Result<std::vector<Entry>> SchemaArchive::leave_out_excluded() {
  const Result<std::set<int>> excluded = excluded_entries(entries_, filters_);
  if (!excluded) return fail(excluded.error());
  const auto gone = std::ranges::stable_partition(
      entries_, [&](const Entry& entry) { return !excluded->contains(entry.dump_id); });
  std::vector<Entry> removed(std::move_iterator(gone.begin()), std::move_iterator(gone.end()));
  entries_.erase(gone.begin(), gone.end());
  return removed;
}

void SchemaArchive::leave_out_entries(const std::set<int>& dump_ids) {
  std::erase_if(entries_, [&](const Entry& entry) { return dump_ids.contains(entry.dump_id); });
}

void SchemaArchive::keep_entries(const std::set<int>& dump_ids) {
  std::erase_if(entries_, [&](const Entry& entry) { return !dump_ids.contains(entry.dump_id); });
}

Status SchemaArchive::map_tablespaces(const std::map<std::string, std::string>& names) {
  const Result<std::string> given = content();
  if (!given) return fail(given.error());
  const Result<std::string> mapped = with_tablespaces(*given, names);
  if (!mapped) return fail(mapped.error());
  Result<process::PrivateFile> file = process::PrivateFile::create(*mapped);
  if (!file) return fail(file.error());
  file_ = std::move(*file);
  return {};
}

Result<std::string> SchemaArchive::sql(const std::stop_token& stop) const {
  const Result<process::PrivateFile> entries = process::PrivateFile::create(use_list(entries_));
  if (!entries) return fail(entries.error());
  return written({"--use-list=" + entries->path()}, {entries->descriptor()}, stop);
}

Result<std::string> SchemaArchive::list(const std::vector<std::string>& options,
                                        const std::stop_token& stop) const {
  std::vector<std::string> of_list = options;
  of_list.insert(of_list.begin(), "--list");
  return written(of_list, {}, stop);
}

/// Runs pg_restore on the archive without a server, and returns its output.
Result<std::string> SchemaArchive::written(const std::vector<std::string>& options,
                                           const std::vector<int>& descriptors,
                                           const std::stop_token& stop) const {
  const Result<process::PrivateFile> listing = process::PrivateFile::create();
  if (!listing) return fail(listing.error());
  process::Program program = in_c_locale({programs_.restore, "--file=" + listing->path()});
  program.arguments.insert(program.arguments.end(), options.begin(), options.end());
  program.arguments.push_back(file_.path());
  program.descriptors = {file_.descriptor(), listing->descriptor()};
  program.descriptors.insert(program.descriptors.end(), descriptors.begin(), descriptors.end());
  const Result<process::Finished> finished = process::run_program(program, stop);
  if (!finished) return fail(finished.error());
  if (finished->exit_status != 0) {
    const std::vector<std::string> errors = said("pg_restore", "error", finished->err);
    return fail(ErrorCode::program_failed, "pg_restore could not list the source's schema: " +
                                               (errors.empty() ? how_it_ended(*finished) : errors.front()));
  }
  return listing->read();
}

/// Tells whether it sets a hidden option: from November 2026 on minor versions keep pg_attver on columns, and
/// their pg_dump leaves it out; an older pg_dump does not, and an older target refuses it, and the table with
/// it.
Result<bool> SchemaArchive::sets_hidden_options() const {
  const Result<std::string> content = file_.read();  // it holds a schema's statements uncompressed
  if (!content) return fail(content.error());
  for (std::size_t at = content->find("pg_attver="); at != std::string::npos;
       at = content->find("pg_attver=", at + 1)) {
    const std::size_t line = content->rfind('\n', at) + 1;
    if (content->substr(line, at - line).find(" SET (") != std::string::npos) return true;
  }
  return false;
}

Result<std::vector<Failure>> SchemaArchive::restore(const postgres::ConnectionString& target,
                                                    const std::vector<Entry>& wanted,
                                                    const std::stop_token& stop,
                                                    const std::string& settings) const {
  if (wanted.empty()) return std::vector<Failure>{};
  const Result<process::PrivateFile> entries = process::PrivateFile::create(use_list(wanted));
  if (!entries) return fail(entries.error());

  process::Program program = in_c_locale({programs_.restore, "--verbose", "--use-list=" + entries->path()});
  program.descriptors = {file_.descriptor(), entries->descriptor()};
  if (!filters_.with_owner) program.arguments.push_back("--no-owner");
  if (!filters_.with_acl) program.arguments.push_back("--no-privileges");
  if (!filters_.with_tablespaces) program.arguments.push_back("--no-tablespaces");
  program.arguments.push_back(file_.path());
  RestoreLog log;
  const auto read_line = [&](std::string_view line) { log.read(line); };
  Result<process::Finished> finished =
      run_connected(program, target, postgres::Side::target, kTargetSettings + settings, stop, read_line);
  if (finished && refuses_settings(log.broke_down())) {
    log = {};
    finished = run_connected(program, target, postgres::Side::target, kNoSettings, stop, read_line);
  }
  if (finished && !settings.empty() && may_not_begin_with_settings(log.broke_down())) {
    log = {};
    finished = run_connected(program, target, postgres::Side::target, kTargetSettings, stop, read_line);
  }
  if (!finished) return fail(finished.error());
  if (log.lost_connection()) {
    return fail(ErrorCode::connection_lost,
                "pg_restore lost the target while it restored the schema: " + log.failures().front().reason);
  }
  if (tells_of_failed_connection(log.broke_down())) {
    return fail(ErrorCode::connection_failed, "pg_restore cannot connect to the target: " + log.broke_down());
  }
  const bool only_statements_failed = finished->exit_status == 1 && log.errors() > 0;
  if (!log.broke_down().empty() || (finished->exit_status != 0 && !only_statements_failed)) {
    return fail(ErrorCode::program_failed,
                "pg_restore could not restore the schema: " +
                    (log.broke_down().empty() ? how_it_ended(*finished) : log.broke_down()));
  }
  return log.failures();
}

}  // namespace pghaul::schema
