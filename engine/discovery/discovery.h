#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "archive/reader.h"
#include "base/error.h"
#include "base/left_out.h"
#include "catalog/model.h"
#include "catalog/read_catalog.h"
#include "catalog/writers.h"
#include "discovery/endpoints.h"
#include "discovery/options.h"
#include "discovery/source_hold.h"
#include "journal/journal.h"
#include "plan/copy_forecast.h"
#include "plan/finding.h"
#include "plan/make_plan.h"
#include "postgres/connection_string.h"
#include "schema/schema_archive.h"
#include "schema/sections.h"

namespace pghaul::discovery {

/// Everything that is known before anything is touched: the contents of both servers, and the plan.
struct Discovery {
  postgres::ConnectionString source_string;
  postgres::ConnectionString target_string;
  std::shared_ptr<link::NearHalf> source_link;  // by which that leads; nullptr: by none
  std::shared_ptr<link::NearHalf> target_link;
  std::optional<SourceHold> source_hold;        // the snapshot and the locks
  postgres::ConnectionString target_effective;  // with defaults and variables resolved: for pg_restore
  bool source_is_here = false;                  // the source is on the machine that pghaul runs on
  bool target_is_here = false;
  plan::NetworkPaths lines;  // to both servers
  std::string source_description;
  std::string target_description;
  std::string snapshot_id;
  std::string source_state;               // catalog::read_state() of the snapshot
  catalog::Writers writers;               // then, on the source
  std::optional<archive::Reader> stored;  // the archive that is the source; then there is no source server
  std::optional<schema::SchemaArchive> archive;
  catalog::Catalog source;
  /// First OIDs of the groups in which large objects are compared, where there are many.
  std::vector<catalog::Oid> large_object_groups;
  std::optional<catalog::Server> target;  // absent when planning without one
  catalog::Contents contents;             // the target's
  double rows_at_stake = 0;               // estimated, in tables of the target that a copy would drop
  std::int64_t others_at_work = 0;        // sessions of others in the target database
  bool silences_triggers = false;         // of the target, while rows go into tables that it has already
  plan::PlanOptions plan_options;
  plan::Plan plan;
  plan::OutsideTasks surroundings;  // the plan's
  double predicted_seconds = 0;     // duration of a copy, from here on, with the rates that pghaul ships
  schema::Sections sections;        // those of the archive
  std::vector<plan::Finding> findings;

  /// Tables that the role may not even lock, unless they are left out as asked: findings name them. What else
  /// is known is of the rest.
  std::vector<catalog::Relation> closed_tables;
  LeftOuts left_out;      // objects of the database that will not be copied
  LeftOuts out_of_reach;  // likewise, where the target has them otherwise and can't be given them
  std::set<std::pair<catalog::Oid, catalog::Oid>> locked_out;  // of it, what isn't even defined on the
                                                               // target: catalogs' OIDs and their own
  std::set<std::pair<catalog::Oid, catalog::Oid>> excluded;    // likewise, what options leave out by its kind
  std::map<std::string, std::string>
      tablespaces;                    // the source's, by their names on the target; empty: its own
  std::vector<int> left_out_entries;  // of what pg_dump wrote, by their dump ids
};

/// Queries both servers, dumps the schema as of one snapshot, locks the tables, makes the plan. Reads only.
/// Errors  refused when the source keeps changing its tables; findings are left to the caller.
/// `earlier`: the job to resume, whose plan is made again; what the target holds is then its own.
[[nodiscard]] Result<Discovery> discover(const Options& options, const Endpoints& ends,
                                         const std::stop_token& stop,
                                         const journal::Journal::Header* earlier = nullptr);

/// Returns which of the source's objects are copied; empty: all. The function is good for as long as `found`
/// is.
[[nodiscard]] catalog::Chosen chosen_of(const Discovery& found, const Options& options);

}  // namespace pghaul::discovery
