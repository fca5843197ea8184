#include "discovery/option_table.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

namespace pghaul::discovery {
namespace {

constexpr int kMostWorkers = 256;

constexpr std::initializer_list<Verb> kAll{Verb::copy,     Verb::verify,  Verb::plan,
                                           Verb::estimate, Verb::abandon, Verb::status};
constexpr std::initializer_list<Verb> kOfSource{Verb::copy, Verb::verify, Verb::plan, Verb::estimate,
                                                Verb::abandon};
constexpr std::initializer_list<Verb> kReading{Verb::copy, Verb::verify, Verb::plan, Verb::estimate};
constexpr std::initializer_list<Verb> kMoving{Verb::copy, Verb::verify, Verb::plan};
constexpr std::initializer_list<Verb> kCopying{Verb::copy, Verb::plan, Verb::estimate};

std::vector<Option> ends() {
  return {
      {.name = "source",
       .value = any_text(&Options::source),
       .verbs = kOfSource,
       .text = "the database to read, as libpq takes it, or archive:DIR"},
      {.name = "target",
       .value = any_text(&Options::target),
       .verbs = kAll,
       .text = "the database to fill or to compare with, as libpq takes it, or archive:DIR"},
      {.name = "source-via",
       .value = any_text(&Options::source_via),
       .verbs = kOfSource,
       .shown = Shown::when_set,
       .spellings = {"--source-via"},
       .placeholder = "COMMAND",
       .text = "reach the source through a remote pghaul, compressed, as by 'ssh db1 pghaul'",
       .remark = "/bin/sh runs it. All that the server sends and is sent crosses its standard input and "
                 "output, and the connection string means what it means there (docs/link.md)"},
      {.name = "target-via",
       .value = any_text(&Options::target_via),
       .verbs = kAll,
       .shown = Shown::when_set,
       .spellings = {"--target-via"},
       .placeholder = "COMMAND",
       .text = "reach the target through a remote pghaul; verification runs remotely"},
      {.name = "role",
       .value = any_text(&Options::role),
       .verbs = kAll,
       .shown = Shown::when_set,
       .spellings = {"--role"},
       .placeholder = "NAME",
       .text = "work as this role on both servers (SET ROLE), whichever role connects",
       .remark = "Every session begins with it, those of pg_dump and pg_restore, too"},
      {.name = "source-role",
       .value = any_text(&Options::source_role),
       .verbs = kOfSource,
       .shown = Shown::when_set,
       .spellings = {"--source-role"},
       .placeholder = "NAME",
       .text = "the same on the source alone"},
      {.name = "target-role",
       .value = any_text(&Options::target_role),
       .verbs = kAll,
       .shown = Shown::when_set,
       .spellings = {"--target-role"},
       .placeholder = "NAME",
       .text = "the same on the target alone"},
  };
}

std::vector<Option> objects() {
  return {
      {.name = "schema",
       .value = patterns(&schema::Filters::schemas),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-n", "--schema"},
       .placeholder = "PATTERN",
       .text = "only schemas that match",
       .remark = "A pattern is as pg_dump takes it"},
      {.name = "exclude-schema",
       .value = patterns(&schema::Filters::excluded_schemas),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-N", "--exclude-schema"},
       .placeholder = "PATTERN",
       .text = "no schemas that match"},
      {.name = "table",
       .value = patterns(&schema::Filters::tables),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-t", "--table"},
       .placeholder = "PATTERN",
       .text = "only tables that match"},
      {.name = "exclude-table",
       .value = patterns(&schema::Filters::excluded_tables),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-T", "--exclude-table"},
       .placeholder = "PATTERN",
       .text = "no tables that match"},
      {.name = "extension",
       .value = patterns(&schema::Filters::extensions),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-e", "--extension"},
       .placeholder = "PATTERN",
       .text = "only extensions that match; these also with -n or -t"},
      {.name = "exclude-extension",
       .value = patterns(&schema::Filters::excluded_extensions),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--exclude-extension"},
       .placeholder = "PATTERN",
       .text = "no extensions that match"},
      {.name = "large-objects",
       .value = flag(&Options::asks_for_large_objects),
       .verbs = kReading,
       .in_identity = true,  // together with those that it decides with: Options::identity()
       .shown = Shown::when_set,
       .spellings = {"-b", "--large-objects", "--blobs"},
       .text = "include large objects also with -n or -t"},
      {.name = "no-large-objects",
       .value = inverted_flag(&Options::with_large_objects),
      {.name = "schema-only",
       .value = flag(&Options::schema_only),
       .verbs = kMoving,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-s", "--schema-only"},
       .text = "only definitions: no rows, values of sequences and large objects"},
      {.name = "data-only",
       .value = flag(&Options::data_only),
       .verbs = kMoving,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-a", "--data-only"},
       .text = "only rows, values of sequences and large objects, into empty tables that the target has"},
      {.name = "exclude-table-data",
       .value = patterns(&Options::excluded_table_data),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--exclude-table-data"},
       .placeholder = "PATTERN",
       .text = "no rows of tables that match, only their definitions"},
      {.name = "where",
       .value = patterns(&Options::where),
       .verbs = kMoving,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--where"},
       .placeholder = "TABLE=CONDITION",
       .text = "of tables that match only the rows that a condition of SQL is true for",
       .remark = "TABLE is a pattern. The condition is the source's, in its snapshot, without a search_path"},
       .verbs = kReading,
       .shown = Shown::when_set,
       .spellings = {"-B", "--no-large-objects", "--no-blobs"},
       .text = "exclude large objects"},
      {.name = "skip-unreadable",
       .value = flag(&Options::skip_unreadable),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--skip-unreadable"},
       .text = "skip what can't be read or carried, and name it in the report, instead of refusing the copy"},
      {.name = "no-owner",
       .value = inverted_flag(&schema::Filters::with_owner),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-O", "--no-owner"},
       .text = "do not restore owners: everything belongs to the role that connects to the target"},
      {.name = "no-acl",
       .value = inverted_flag(&schema::Filters::with_acl),
      {.name = "skip-failing",
       .value = flag(&Options::skip_failing),
       .verbs = kMoving,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--skip-failing"},
       .text =
           "skip what the target can't be given, such as a superuser's objects, and what needs it; name it "
           "in the report"},
      {.name = "roles",
       .value = flag(&Options::roles),
       .verbs = {Verb::copy, Verb::plan},
       .shown = Shown::when_set,
       .spellings = {"--roles"},
       .text = "make the roles that the copied objects need and the target lacks, with memberships, settings "
               "and, as a superuser of the source, passwords"},
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"-x", "--no-acl", "--no-privileges"},
       .text = "do not restore privileges (GRANT, REVOKE)"},
      {.name = "no-comments",
       .value = inverted_flag(&schema::Filters::with_comments),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-comments"},
       .text = "do not restore comments"},
      {.name = "no-event-triggers",
       .value = inverted_flag(&schema::Filters::with_event_triggers),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-event-triggers"},
       .text = "do not restore event triggers"},
      {.name = "no-publications",
       .value = inverted_flag(&schema::Filters::with_publications),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-publications"},
       .text = "do not restore publications"},
      {.name = "no-security-labels",
       .value = inverted_flag(&schema::Filters::with_security_labels),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-security-labels"},
       .text = "do not restore security labels"},
      {.name = "no-subscriptions",
       .value = inverted_flag(&schema::Filters::with_subscriptions),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-subscriptions"},
       .text = "do not restore subscriptions"},
      {.name = "no-tablespaces",
       .value = inverted_flag(&schema::Filters::with_tablespaces),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--no-tablespaces"},
       .text = "restore everything into the target database's own tablespace"},
  };
}

std::vector<Option> behaviour() {
  return {
      {.name = "jobs",
       .value = workers(&Options::jobs, kMostWorkers),
       .verbs = kReading,
       .shown = Shown::always,
       .spellings = {"-j", "--jobs"},
       .placeholder = "N",
       .text = "number of workers",
       .standard = "number of cores, 2 to 8; more if workers would mostly wait on I/O",
       .wordings = {{Verb::estimate, "number of workers, or several to compare: 1,2,4", {}}}},
      {.name = "confirm",
       .value = any_text(&Options::confirm),
       .verbs = {Verb::copy, Verb::plan},
       .shown = Shown::when_set,
       .spellings = {"--confirm"},
       .placeholder = "NAME",
       .text = "confirm that the existing contents of database NAME may be dropped",
       .standard = "ask on a terminal, refuse elsewhere"},
      {.name = "resume",
       .value = flag(&Options::resume),
       .verbs = {Verb::copy},
       .spellings = {"--resume"},
       .text = "resume the copy whose journal the target holds"},
      {.name = "new-snapshot",
       .value = flag(&Options::new_snapshot),
       .verbs = {Verb::copy},
       .spellings = {"--new-snapshot"},
      {.name = "confirm-larger",
       .value = flag(&Options::confirm_larger),
       .verbs = {Verb::copy, Verb::plan},
       .shown = Shown::when_set,
       .spellings = {"--confirm-larger"},
       .text = "confirm that also a target may be dropped that is much larger than the source, or in use"},
      {.name = "create",
       .value = flag(&Options::create),
       .verbs = {Verb::copy},
       .shown = Shown::when_set,
       .spellings = {"-C", "--create"},
       .text = "create the target database if there is none, with the source's encoding and locale"},
      {.name = "maintenance-db",
       .value = any_text(&Options::maintenance_db),
       .verbs = {Verb::copy},
       .shown = Shown::when_set,
       .spellings = {"--maintenance-db"},
       .placeholder = "NAME",
       .text = "the database to connect to for --create",
       .standard = "postgres, or else template1"},
       .text = "with --resume: if the source has been written to since, copy everything again"},
      {.name = "stall-after",
       .value = seconds(&Options::stall_after, 1),
       .verbs = {Verb::copy},
       .spellings = {"--stall-after"},
       .placeholder = "SECONDS",
       .text = "give up a connection on which nothing has moved for this long, and retry",
       .standard = "120"},
      {.name = "retry-for",
       .value = seconds(&Options::retry_for, 0),
       .verbs = {Verb::copy},
       .spellings = {"--retry-for"},
       .placeholder = "SECONDS",
       .text = "how long to wait for an unavailable server or a conflicting lock; for a lock at least as "
               "long as --stall-after",
       .standard = "300"},
      {.name = "verify",
       .value = choice(&Options::verify),
       .verbs = kReading,
       .in_identity = true,
       .shown = Shown::always,
       .spellings = {"--verify"},
       .placeholder = "HOW",
       .text = "how the copy is compared with the source: none, counts or checksums",
       .standard = "checksums",
       .wordings = {{Verb::verify, "what is compared: counts or checksums", {"counts", "checksums"}}}},
      {.name = "live",
       .value = flag(&Options::live),
       .verbs = {Verb::verify},
       .shown = Shown::when_set,
       .spellings = {"--live"},
       .text =
           "compare every row while a live copy goes on and the application writes: both at the same moment"},
      {.name = "rows",
       .value = count(&Options::rows, 100'000),
       .verbs = {Verb::verify},
       .shown = Shown::when_set,
       .spellings = {"--rows"},
       .placeholder = "N",
       .bare = "10",
       .text = "name the rows in which tables differ, with both values: N of each table (--rows=N), or 10 "
               "(--rows)"},
      {.name = "rows-file",
       .value = any_text(&Options::rows_file),
       .verbs = {Verb::verify},
       .shown = Shown::when_set,
       .spellings = {"--rows-file"},
       .placeholder = "FILE",
       .text = "write all rows in which tables differ to FILE, one JSON object a line"},
      {.name = "indexes",
       .value = flag(&Options::check_indexes),
       .verbs = {Verb::verify},
       .shown = Shown::when_set,
       .spellings = {"--indexes"},
       .text = "check the target's btree indexes with the extension amcheck for missing rows and entries out "
               "of order; where it is not installed, it is created in a transaction that is rolled back"},
      {.name = "analyze",
       .value = inverted_flag(&Options::carry_statistics),
       .verbs = kCopying,
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--analyze"},
       .text = "run ANALYZE on all tables instead of carrying the source's planner statistics over (to "
               "PostgreSQL 18 or later)"},
      {.name = "open-after",
       .value = choice(&Options::open_after),
       .verbs = {Verb::copy, Verb::estimate},
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--open-after"},
       .placeholder = "WHEN",
       .text = "let the application write once data, keys, indexes or constraints are complete, and finish "
               "the rest meanwhile",
       .standard = "verified, the end"},
  };
}

std::vector<Option> ways_of_copying() {
  return {
      {.name = "follow",
       .value = flag(&Options::follow),
       .verbs = {Verb::copy, Verb::plan},
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--follow"},
       .text = "let the application write on: copy, then apply its changes until stopped (docs/follow.md)",
       .wordings = {{Verb::plan, "check what a live copy needs, and show what it does to the source", {}}}},
      {.name = "rehearse",
       .value = flag(&Options::rehearse),
       .verbs = {Verb::copy},
       .shown = Shown::when_set,
       .spellings = {"--rehearse"},
       .text = "do everything in a database created for this on the target's server, then drop it"},
      {.name = "discard",
       .value = flag(&Options::discard),
       .verbs = {Verb::copy},
       .shown = Shown::when_set,
       .spellings = {"--discard"},
       .text = "read the source and keep nothing; needs no target"},
      {.name = "snapshot",
       .value = any_text(&Options::snapshot),
       .verbs = {Verb::copy, Verb::verify},
       .shown = Shown::when_set,
       .spellings = {"--snapshot"},
       .placeholder = "ID",
       .text = "read the source in a snapshot that another session has exported and keeps"},
      {.name = "compress",
       .value = compression(&Options::compression),
       .verbs = {Verb::copy, Verb::estimate},
       .shown = Shown::when_set,
       .spellings = {"--compress"},
       .placeholder = "HOW",
       .text = "compression of an archive or a link: auto, none, or a level of zstd from 1 to 19",
       .standard = "auto, adapted while running"},
      {.name = "toast-compression",
       .value = choice(&Options::toast_compression, {"pglz", "lz4"}),
       .verbs = {Verb::copy},
       .in_identity = true,
       .shown = Shown::when_set,
       .spellings = {"--toast-compression"},
       .placeholder = "METHOD",
       .text = "compression of large values on the target, where a column does not set it: pglz or lz4, "
               "which is faster",
       .standard = "the target's setting",
       .remark = "lz4 needs a target of PostgreSQL 14 or later"},
  };
}

std::vector<Option> forecasts() {
  return {
      {.name = "window",
       .value = duration(&Options::window, 1e9, "a time such as 90s, 20m or 1h30m"),
       .verbs = {Verb::estimate},
       .spellings = {"--window"},
       .placeholder = "TIME",
       .text = "the longest acceptable downtime, such as 20m: does a copy fit?"},
      {.name = "grow",
       .value = growth(&Options::growth),
       .verbs = {Verb::estimate},
       .spellings = {"--grow"},
       .placeholder = "PERCENT",
       .text = "estimate as if the database had grown by this much, such as 30%"},
      {.name = "budget",
       .value = duration(&Options::budget, 3600, "a time such as 90s, 20m or 1h30m, at most 1h"),
       .verbs = {Verb::estimate},
       .spellings = {"--budget"},
       .placeholder = "TIME",
       .text = "how long the estimate may spend measuring",
       .standard = "30s"},
      {.name = "compare-jobs",
       .value = list_of_workers(&Options::jobs_to_compare, kMostWorkers),
       .verbs = {Verb::estimate},
       .text = "one more number of workers to estimate with"},
      {.name = "past",
       .value = past_copies(&Options::past),
       .verbs = {Verb::estimate},
       .text = "an earlier copy with its forecast, to calibrate by",
       .remark =
           "Its source and target are descriptions, as in reports. A line of the command's history will do"},
  };
}

}  // namespace

const char* verb_name(Verb verb) noexcept {
  switch (verb) {
    case Verb::copy:
      return "copy";
    case Verb::verify:
      return "verify";
    case Verb::plan:
      return "plan";
    case Verb::estimate:
      return "estimate";
    case Verb::abandon:
      return "abandon";
    case Verb::status:
      return "status";
  }
  return "";
}

const std::vector<Option>& option_table() {
  static const std::vector<Option> kTable = [] {
    std::vector<Option> table;
    const auto add = [&table](const char* group, std::vector<Option> options) {
      for (Option& option : options) option.group = group;
      std::ranges::move(options, std::back_inserter(table));
    };
    add("Servers and databases", ends());
    add("Object selection", objects());
    add("Behaviour", behaviour());
    add("Behaviour", ways_of_copying());
    add("Behaviour", forecasts());
    return table;
  }();
  return kTable;
}

const Option* find_option(const std::string& name) {
  const std::vector<Option>& table = option_table();
  const auto found = std::ranges::find(table, name, &Option::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace pghaul::discovery
