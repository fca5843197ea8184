#include "job/archive_discovery.h"

#include <fmt/format.h>

namespace pghaul::job {
namespace {

constexpr int kNoLimit = 1000;  // to how many may read files

}  // namespace

Status open_archive(Discovery& found, const std::string& folder, const Options& options) {
  if (!options.filters.all()) {
    return fail(ErrorCode::usage, "an archive is restored and compared whole: no objects of it can be chosen",
                "leave out -n, -N, -t and -T, or give them when the archive is written");
  }
  Result<archive::Reader> archive = archive::Reader::open(folder);
  if (!archive) return fail(archive.error());
  found.stored.emplace(std::move(*archive));
  const archive::Manifest& manifest = found.stored->manifest();
  found.source = found.stored->catalog();
  catalog::Server& server = found.source.server;
  server.free_connections = kNoLimit;
  server.system_identifier = "archive " + found.stored->identity();  // not the database that it came from
  found.snapshot_id = manifest.source.snapshot;
  found.source_state = found.stored->identity();
  found.source_description =
      fmt::format("archive {} of {}, {}", folder, manifest.source.database, manifest.created);
  if (!options.with_large_objects) found.source.large_objects = {};
  for (const archive::Manifest::LeftOut& one : manifest.left_out) {
    found.left_out.push_back({one.object, one.reason});
  }
  return {};
}

Status read_archive(Discovery& found, const Options& options, const std::vector<schema::Programs>& programs,
                    const std::stop_token& stop) {
  const Result<std::string> schema = found.stored->read_schema();
  if (!schema) return fail(schema.error());
  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open(programs, *schema, options.filters, stop);
  if (!archive) return fail(archive.error());
  const std::vector<int>& gone = found.stored->manifest().left_out_entries;
  archive->leave_out_entries({gone.begin(), gone.end()});
  found.archive.emplace(std::move(*archive));
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
  }
  return all;
}

}  // namespace pghaul::job
