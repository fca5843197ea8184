#include "compare/name_large_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "compare/name_rows.h"
#include "postgres/copy_out.h"
#include "rows/large_object_pieces.h"
#include "tasks/large_objects_sql.h"

namespace pghaul::compare {
namespace {

using measure::DifferentRow;
using measure::DifferentRows;
using rows::LargeObjectDifference;
using Kind = LargeObjectDifference::Kind;
using postgres::Side;

constexpr std::size_t kShownBytes = 16;  // from the first that differs on

Result<rows::LargeObjectPieces::Objects> read_pieces(const tasks::WorkPlan& work, catalog::Place range,
                                                     Result<postgres::Connection*> server,
                                                     tasks::BothServers& servers) {
  if (!server) return fail(server.error());
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(**server, tasks::copy_large_objects_sql(work.source(), range),
                               postgres::CopyFormat::binary, "large objects");
  if (!rows) return fail(rows.error());
  rows::LargeObjectPieces pieces;
  if (const Status added = pieces.add(*rows, servers.buffer((*server)->side())); !added)
    return fail(added.error());
  return pieces.objects();
}

/// Returns the bytes of one piece, as hexadecimal digits.
Result<std::string> piece_of(Result<postgres::Connection*> server, const LargeObjectDifference& object) {
  if (!server) return fail(server.error());
  const Result<postgres::Rows> piece =
      (*server)->query(fmt::format("SELECT pg_catalog.encode(pg_catalog.lo_get({}, {}, {}), 'hex')",
                                   object.oid, object.piece, tasks::kLargeObjectPieceBytes));
  if (!piece) return piece.error().during("reading large objects");
  return piece->string(0, 0);
}

/// Names one; of a changed one also the first byte that differs, and those behind it.
Result<DifferentRow> row_of(const LargeObjectDifference& object, tasks::BothServers& servers) {
  DifferentRow row{.kind = object.kind == Kind::missing ? "missing"
                           : object.kind == Kind::extra ? "extra"
                                                        : "changed",
                   .key = {{"oid", std::to_string(object.oid)}}};
  if (object.kind != Kind::changed) return row;
  const Result<std::string> source = piece_of(servers.source(), object);
  if (!source) return fail(source.error());
  const Result<std::string> target = piece_of(servers.target(), object);
  if (!target) return fail(target.error());
  const auto digits = static_cast<std::size_t>(std::ranges::mismatch(*source, *target).in1 - source->begin());
  const std::size_t first = digits / 2;
  row.key.emplace_back("offset", std::to_string(object.piece + static_cast<std::int64_t>(first)));
  const auto shown = [&](const std::string& piece) {
    return DifferentRow::Side{"\\x" + piece.substr(std::min(piece.size(), first * 2), kShownBytes * 2)};
  };
  row.columns.push_back({"data", shown(*source), shown(*target)});
  return row;
}

}  // namespace

Status name_large_objects(discovery::VerbContext& context, const tasks::WorkPlan& work,
                          tasks::BothServers& servers, RowsFile& file) {
  DifferentRows named{.object = "large objects"};
  for (catalog::Place range = 0; range < work.source().large_objects.range_starts.size(); ++range) {
    const auto source = read_pieces(work, range, servers.source(), servers);
    if (!source) return fail(source.error());
    const auto target = read_pieces(work, range, servers.target(), servers);
    if (!target) return fail(target.error());
    for (const LargeObjectDifference& object : rows::differences(*source, *target)) {
      ++(object.kind == Kind::missing ? named.missing
         : object.kind == Kind::extra ? named.extra
                                      : named.changed);
      const bool is_shown = named.rows.size() < rows_shown(context.options);
      if (!is_shown && !file.wanted()) continue;
      Result<DifferentRow> row = row_of(object, servers);
      if (!row) return fail(row.error());
      if (file.wanted()) {
        if (Status written = file.write(row->to_json(named.object) + "\n"); !written) return written;
      }
      if (is_shown) named.rows.push_back(std::move(*row));
    }
  }
  context.report.verification->different_rows.push_back(std::move(named));
  return {};
}

}  // namespace pghaul::compare
