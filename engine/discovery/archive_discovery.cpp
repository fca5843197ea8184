#include "discovery/archive_discovery.h"

#include <fmt/format.h>

#include <utility>

#include "plan/archive_plan.h"

namespace pghaul::discovery {
namespace {

constexpr int kNoLimit = 1000;  // number of tasks that may read files at once

}  // namespace

void plan_archive(Discovery& found) {
  found.surroundings = {};
  found.plan = plan::make_archive_plan(found.source, found.plan_options);
  found.predicted_seconds =
      plan::look_ahead(found.plan, found.plan_options.rates, found.surroundings, found.plan_options.machines)
          .seconds;
}

Status open_archive(Discovery& found, const std::string& folder) {
  Result<archive::Reader> archive = archive::Reader::open(folder);
  if (!archive) return fail(archive.error());
  found.stored.emplace(std::move(*archive));
  const archive::Manifest& manifest = found.stored->manifest();
  found.source = found.stored->catalog();
  catalog::Server& server = found.source.server;
  server.free_connections = kNoLimit;
  server.system_identifier = "archive " + found.stored->identity();  // not the database it came from
  found.snapshot_id = manifest.source.snapshot;
  found.source_state = found.stored->identity();
  found.source_description =
      fmt::format("archive {} of {}, {}", folder, manifest.source.database, manifest.created);
  for (const LeftOut& one : manifest.left_out) {
    found.left_out.push_back(one);
  }
  return {};
}

std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive) {
  std::vector<plan::StoredRows> all(archive.catalog().relations.size());
  for (catalog::Place place = 0; place < all.size(); ++place) {
    if (!carries_rows(archive.catalog().relations[place])) continue;
    const archive::Manifest::Table& table = archive.table(place);
    all[place].format = {table.format == "binary", table.reason};
    for (const archive::Manifest::Rows& file : table.files) {
      all[place].files.push_back({file.first_page, file.end_page});
    }
    if (const archive::Manifest::Generated* generated = archive.generated(place)) {
      all[place].computed.emplace(plan::Format{.binary = generated->format == "binary"});
    }
  }
  return all;
}

}  // namespace pghaul::discovery
