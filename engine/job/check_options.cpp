#include "job/check_options.h"

#include <utility>

#include "base/lsn.h"
#include "discovery/archive_folder.h"

namespace pghaul::job {

Status check_end(const std::string& connection, const char* what) {
  if (!connection.empty()) return {};
  return fail(ErrorCode::usage, std::string("no ") + what + " is given",
              std::string("say which database the ") + what + " is");
}

namespace {

/// A standby holds all of its source, as it is there.
Status check_standby(const discovery::Options& options) {
  if (!options.prepare_standby && options.filled_at.empty()) return {};
  const auto refused = [](const char* what, const char* hint) { return fail(ErrorCode::usage, what, hint); };
  if (options.prepare_standby && !options.filled_at.empty()) {
    return refused("--prepare-standby comes before --filled-at, which needs the LSN that it says",
                   "give one of them");
  }
  if (!options.filled_at.empty() && !parse_lsn(options.filled_at)) {
    return refused("--filled-at is no LSN",
                   "give the one that --prepare-standby has said, such as 3/A1B2C3D8");
  }
  if (options.prepare_standby && options.resume) {
    return refused("--prepare-standby begins a live copy, and --resume goes on with one",
                   "leave one of them out");
  }
  const schema::Filters& filters = options.filters;
  const bool as_it_is = filters.all() && filters.with_owner && filters.with_acl && filters.with_comments &&
                        filters.with_tablespaces && options.tablespaces.empty() && !options.create &&
                        !options.roles && options.confirm.empty();
  if (as_it_is) return {};
  return refused("a standby holds all of its source, as it is there, and nothing of it is dropped",
                 "leave out the options that choose objects, rename or make something, and --confirm");
}

}  // namespace

Status check_follow(const discovery::Options& options) {
  const auto refused = [](const char* what, const char* hint) { return fail(ErrorCode::usage, what, hint); };
  if (discovery::archive_folder(options.source) || discovery::archive_folder(options.target)) {
    return refused("--follow needs two servers, and an archive is none", "leave --follow out");
  }
  if (options.discard || options.rehearse) {
    return refused("--follow keeps a copy up to date, and --discard and --rehearse keep none",
                   "leave --follow out, or the other");
  }
  if (options.open_after != plan::Milestone::verified) {
    return refused("--open-after lets an application into a target that --follow would still write to",
                   "leave --follow or --open-after out");
  }
  if (Status possible = check_standby(options); !possible) return possible;
  if (!options.snapshot.empty()) {
    return refused("--follow takes its own snapshot, which has to fit its replication slot",
                   "leave --snapshot out");
  }
  return {};
}

Status check_archive_target(const discovery::Options& options) {
  if (discovery::archive_folder(options.source)) {
    return fail(ErrorCode::usage, "both ends are archives", "copy the folder as you would any other");
  }
  if (options.open_after != plan::Milestone::verified) {
    return fail(ErrorCode::usage, "--open-after does not apply to an archive", "leave --open-after out");
  }
  if (options.rehearse) {
    return fail(ErrorCode::usage, "--rehearse does not apply to an archive",
                "write it, or leave --rehearse out");
  }
  const schema::Filters& filters = options.filters;
  const bool as_it_is = filters.with_owner && filters.with_acl && filters.with_comments &&
                        filters.with_tablespaces && options.tablespaces.empty();
  if (as_it_is) return {};
  return fail(ErrorCode::usage, "an archive holds owners, grants, comments and tablespaces",
              "give --no-owner, --no-acl, --no-comments, --no-tablespaces and --map-tablespace when it is "
              "restored");
}

Status check_record(const discovery::Options& options) {
  if (!options.keep_record) return {};
  const bool whole = options.verify == verify::Mode::checksums && options.where.empty() &&
                     options.excluded_table_data.empty() && !options.schema_only && !options.data_only;
  const bool servers =
      !discovery::archive_folder(options.source) && !discovery::archive_folder(options.target);
  if (whole && servers && !options.rehearse && !options.discard && !options.follow &&
      options.open_after == plan::Milestone::verified) {
    return {};
  }
  return fail(
      ErrorCode::usage,
      "a record is kept of copies from server to server that are whole, compared, and left alone until "
      "they are complete",
      "leave --keep-record out, or the option that leaves rows out, opens early or follows");
}

Status check_create(const discovery::Options& options) {
  if (discovery::archive_folder(options.target)) {
    return fail(ErrorCode::usage, "--create makes a database, and the target is an archive",
                "leave --create out: the folder is made anyway");
  }
  if (!options.rehearse) return {};
  return fail(ErrorCode::usage, "a rehearsal makes a database of its own, like the target's",
              "leave --create or --rehearse out");
}

Status check_discard(const discovery::Options& options) {
  if (discovery::archive_folder(options.source)) {
    return fail(ErrorCode::usage, "an archive is not a server whose rate could be measured",
                "pghaul verify ARCHIVE reads one");
  }
  if (!options.resume && !options.rehearse && options.open_after == plan::Milestone::verified) return {};
  return fail(ErrorCode::usage, "--discard writes to no target",
              "leave --resume, --rehearse and --open-after out, or --discard");
}

Status check_rehearsal(const discovery::Options& options) {
  if (!options.target_via.empty()) {
    return fail(ErrorCode::usage, "a link leads to one database, and a rehearsal makes another",
                "rehearse on the target's side of the link, or leave --target-via out");
  }
  if (options.roles) {
    return fail(ErrorCode::usage, "a rehearsal leaves nothing behind, and roles would stay",
                "make them first, or leave --roles or --rehearse out");
  }
  if (!options.resume) return {};
  return fail(ErrorCode::usage, "a rehearsal leaves nothing that --resume could continue",
              "leave --resume or --rehearse out");
}

Status check_rows(const discovery::Options& options) {
  if (options.rows == 0 && options.rows_file.empty()) return {};
  if (options.verify == verify::Mode::counts) {
    return fail(ErrorCode::usage,
                "rows that differ are found by their contents, which --verify counts leaves out",
                "leave --verify counts or --rows out");
  }
  if (discovery::archive_folder(options.source)) {
    return fail(ErrorCode::usage, "the rows of an archive can't be searched for those that differ",
                "restore it into another database, or leave --rows out");
  }
  return {};
}

Status check_sync(const discovery::Options& options) {
  if (options.verify != verify::Mode::checksums) {
    return fail(ErrorCode::usage, "sync compares contents", "leave --verify out");
  }
  if (options.where.empty() && !options.schema_only && !options.data_only) return {};
  return fail(ErrorCode::usage, "sync compares whole databases, or whole tables",
              "leave --where, --schema-only and --data-only out");
}

Status check_sync_forecast(const discovery::Options& options) {
  if (!options.sync) return {};
  if (Status possible = check_sync(options); !possible) return possible;
  if (!options.target.empty() && !discovery::archive_folder(options.source) &&
      !discovery::archive_folder(options.target)) {
    return {};
  }
  return fail(ErrorCode::usage, "--sync looks at an older copy, which TARGET holds on a server",
              "name that server as TARGET, or leave --sync out");
}

Status check_all_databases(const discovery::Options& options) {
  const auto refused = [](const std::string& what, const std::string& why, const std::string& hint) {
    return fail(ErrorCode::usage, what + " does not go together with --all-databases: " + why, hint);
  };
  if (discovery::archive_folder(options.source) || discovery::archive_folder(options.target)) {
    return refused("an archive", "it holds one database", "write an archive of each database");
  }
  if (options.target.empty()) {
    return fail(ErrorCode::usage, "--all-databases needs both servers", "give SOURCE and TARGET");
  }
  const schema::Filters& filters = options.filters;
  const std::pair<bool, const char*> of_one_database[] = {{!options.source_via.empty(), "--source-via"},
                                                          {!options.target_via.empty(), "--target-via"},
                                                          {options.follow, "--follow"},
                                                          {options.rehearse, "--rehearse"},
                                                          {options.discard, "--discard"},
                                                          {!options.snapshot.empty(), "--snapshot"},
                                                          {!options.rows_file.empty(), "--rows-file"},
                                                          {options.live, "--live"},
                                                          {!filters.schemas.empty(), "-n"},
                                                          {!filters.tables.empty(), "-t"},
                                                          {!filters.extensions.empty(), "-e"},
                                                          {!options.where.empty(), "--where"},
                                                          {options.try_schema, "--try-schema"}};
  for (const auto& [given, name] : of_one_database) {
    if (given) return refused(name, "it is about one database", "leave it out, or name one database");
  }
  return {};
}

}  // namespace pghaul::job
