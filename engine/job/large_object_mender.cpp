#include "job/large_object_mender.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "postgres/cancel_on_stop.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/transaction.h"
#include "rows/fields.h"
#include "rows/large_object_pieces.h"
#include "tasks/large_object_properties.h"
#include "tasks/large_objects_sql.h"

namespace pghaul::job {
namespace {

using catalog::Oid;
using Pieces = std::map<std::int64_t, rows::LargeObjectPieces::Hash>;

constexpr std::size_t kObjectsAtOnce = 200;  // each takes a lock until its transaction ends
constexpr std::size_t kPiecesAtOnce = 200;   // 100 MB
constexpr const char* kWriting = "writing large objects";

/// The work that one object needs. One that is made anew is removed, too.
struct Change {
  Oid oid = 0;
  bool removes = false;
  bool makes = false;
  std::int64_t truncate_at = -1;     // where it is cut before pieces are written; -1: nowhere
  std::vector<std::int64_t> pieces;  // offsets of those that are written
};

/// Returns what it takes to turn an object's bytes into the source's. The last piece is always written, since
/// the object is cut before it.
Change change_of_bytes(Oid oid, const Pieces& source, const Pieces& target) {
  Change change{.oid = oid, .truncate_at = source.rbegin()->first};
  for (const auto& [start, hash] : source) {
    const auto there = target.find(start);
    if (there == target.end() || there->second != hash || start == change.truncate_at)
      change.pieces.push_back(start);
  }
  return change;
}

Change made_of(Oid oid, const Pieces& source, bool removes) {
  Change change{.oid = oid, .removes = removes, .makes = true};
  for (const auto& [start, hash] : source) change.pieces.push_back(start);
  return change;
}

Result<rows::LargeObjectPieces::Objects> read_pieces(const catalog::Catalog& ranges, catalog::Place range,
                                                     Result<postgres::Connection*> server,
                                                     tasks::BothServers& servers) {
  if (!server) return fail(server.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
      **server, tasks::copy_large_objects_sql(ranges, range), postgres::CopyFormat::binary, "large objects");
  if (!rows) return fail(rows.error());
  rows::LargeObjectPieces pieces;
  if (const Status added = pieces.add(*rows, servers.buffer((*server)->side())); !added)
    return fail(added.error());
  return pieces.objects();
}

/// Returns the number in "ALTER LARGE OBJECT 16390 OWNER TO …".
Oid object_of(std::string_view statement) {
  constexpr std::string_view kBefore = "LARGE OBJECT ";
  const std::size_t at = statement.find(kBefore);
  if (at == std::string_view::npos) return 0;
  return static_cast<Oid>(
      std::strtoul(std::string(statement.substr(at + kBefore.size(), 10)).c_str(), nullptr, 10));
}

class LargeObjectMender {
 public:
  LargeObjectMender(const discovery::VerbContext& context, const discovery::Discovery& found,
                    const crew::Worker::Endpoints& ends, tasks::BothServers& servers, bool writes)
      : context_(context), ends_(ends), servers_(servers), writes_(writes), ranges_() {
    ranges_.large_objects = found.source.large_objects;
    std::vector<Oid>& starts = ranges_.large_objects.range_starts;
    if (starts.empty()) starts.push_back(1);
    starts.front() = 1;  // those that only the target has may have lower numbers
    const schema::Filters& filters = context.options.filters;
    wanted_ = {filters.with_owner, filters.with_acl, filters.with_comments, found.target->role};
  }

  Result<MendedLargeObjects> run() {
    if (writes_) {
      Result<postgres::Connection> opened =
          postgres::Connection::open(ends_.target, postgres::Side::target, ends_.encoding, ends_.stop);
      if (!opened) return fail(opened.error());
      writer_.emplace(std::move(*opened));
      cancel_on_stop_.emplace(ends_.stop, *writer_);
    }
    for (catalog::Place range = 0; range < ranges_.large_objects.range_starts.size(); ++range) {
      if (Status mended = mend(range); !mended) return fail(mended.error());
    }
    return done_;
  }

 private:
  Status mend(catalog::Place range) {
    const auto source = read_pieces(ranges_, range, servers_.source(), servers_);
    if (!source) return fail(source.error());
    const auto target = read_pieces(ranges_, range, servers_.target(), servers_);
    if (!target) return fail(target.error());
    const Result<std::map<Oid, std::string>> here = properties(range, servers_.source());
    if (!here) return fail(here.error());
    const Result<std::map<Oid, std::string>> there = properties(range, servers_.target());
    if (!there) return fail(there.error());
    std::vector<Change> changes;
    for (const auto& [oid, pieces] : *source) {
      const auto twin = target->find(oid);
      if (twin == target->end()) {
        changes.push_back(made_of(oid, pieces, false));
        ++done_.made;
        continue;
      }
      const bool same_properties = property(*here, oid) == property(*there, oid);
      if (same_properties && twin->second == pieces) continue;
      ++done_.changed;
      changes.push_back(same_properties ? change_of_bytes(oid, pieces, twin->second)
                                        : made_of(oid, pieces, true));
    }
    for (const auto& [oid, pieces] : *target) {
      if (source->contains(oid)) continue;
      changes.push_back({.oid = oid, .removes = true});
      ++done_.removed;
    }
    for (std::size_t first = 0; writes_ && first < changes.size(); first += kObjectsAtOnce) {
      const auto begin = changes.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          changes.begin() + static_cast<std::ptrdiff_t>(std::min(changes.size(), first + kObjectsAtOnce));
      if (Status written = write(range, {begin, end}); !written) return written;
    }
    return {};
  }

  static std::string property(const std::map<Oid, std::string>& all, Oid oid) {
    const auto found = all.find(oid);
    return found == all.end() ? "" : found->second;
  }

  /// Reads owners, grants and comments as far as they are compared, in any words that are the same on both
  /// sides.
  Result<std::map<Oid, std::string>> properties(catalog::Place range, Result<postgres::Connection*> server) {
    if (!server) return fail(server.error());
    std::string facts = "''";
    if (wanted_.with_owner) facts += " || pg_catalog.pg_get_userbyid(m.lomowner)";
    if (wanted_.with_acl) {
      facts +=
          " || coalesce((SELECT ' ' || pg_catalog.string_agg(pg_catalog.format('%s %s %s',"
          " CASE item.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(item.grantee)::text END,"
          " item.privilege_type, item.is_grantable), ',' ORDER BY item.privilege_type, item.is_grantable,"
          " CASE item.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(item.grantee)::text END"
          " COLLATE \"C\") FROM pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', "
          "m.lomowner)))"
          " AS item), '')";
    }
    if (wanted_.with_comments) {
      facts += " || coalesce(' ' || pg_catalog.obj_description(m.oid, 'pg_largeobject'), '')";
    }
    const Result<postgres::Rows> rows =
        (*server)->query(fmt::format("SELECT m.oid, {} FROM pg_catalog.pg_largeobject_metadata AS m WHERE {}",
                                     facts, tasks::in_range(ranges_, range, "m.oid")));
    if (!rows) return rows.error().during("reading large objects");
    std::map<Oid, std::string> all;
    for (int row = 0; row < rows->size(); ++row) all.emplace(rows->oid(row, 0), rows->string(row, 1));
    return all;
  }

  Status write(catalog::Place range, const std::vector<Change>& changes) {
    postgres::Transaction writing = postgres::Transaction::begin(*writer_);
    std::string sql;
    for (const Change& one : changes) {
      if (one.removes) sql += fmt::format("SELECT pg_catalog.lo_unlink({});", one.oid);
      if (one.makes) sql += fmt::format("SELECT pg_catalog.lo_create({});", one.oid);
      if (one.truncate_at < 0) continue;
      constexpr int kWrite = 131072;  // INV_WRITE
      sql += fmt::format(
          "SELECT pg_catalog.lo_truncate64(fd, {}), pg_catalog.lo_close(fd)"
          " FROM (SELECT pg_catalog.lo_open({}, {}) AS fd OFFSET 0) AS opened;",
          one.truncate_at, one.oid, kWrite);
    }
    if (Status prepared = writer_->execute(sql + tasks::kMakeStaging); !prepared)
      return prepared.error().during(kWriting);
    if (Status written = write_pieces(changes); !written) return written;
    if (Status set = set_properties(range, changes); !set) return set;
    const Status committed = writing.commit();
    if (!committed) return committed.error().during(kWriting);
    return {};
  }

  Status write_pieces(const std::vector<Change>& changes) {
    std::vector<std::pair<Oid, std::int64_t>> pieces;
    for (const Change& one : changes) {
      for (const std::int64_t start : one.pieces) {
        pieces.emplace_back(one.oid, start);
        if (pieces.size() < kPiecesAtOnce) continue;
        if (Status put = put_pieces(std::exchange(pieces, {})); !put) return put;
      }
    }
    return pieces.empty() ? Status{} : put_pieces(pieces);
  }

  Status put_pieces(const std::vector<std::pair<Oid, std::int64_t>>& pieces) {
    const Result<postgres::Connection*> source = servers_.source();
    if (!source) return fail(source.error());
    std::string list;
    for (const auto& [oid, start] : pieces) {
      list += fmt::format("{}({}::oid, {}::bigint)", list.empty() ? "" : ", ", oid, start);
    }
    Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
        **source,
        fmt::format(
            "COPY (SELECT oid, start, pg_catalog.lo_get(oid, start, {}) FROM (VALUES {}) AS wanted(oid, "
            "start)) TO STDOUT (FORMAT binary)",
            tasks::kLargeObjectPieceBytes, list),
        postgres::CopyFormat::binary, "large objects");
    if (!rows) return fail(rows.error());
    Result<postgres::CopyIn> staging = postgres::CopyIn::begin(*writer_, tasks::kStageLargeObjects,
                                                               postgres::CopyFormat::binary, "large objects");
    if (!staging) return fail(staging.error());
    pipeline::Chunk& buffer = servers_.buffer(postgres::Side::source);
    do {
      buffer.clear();
      Status moved = rows->fill(buffer);
      if (moved && !buffer.empty()) moved = staging->drain(buffer);
      if (!moved) {
        staging->abandon("stopped");
        return moved;
      }
      done_.bytes += buffer.bytes().size();
    } while (!buffer.empty());
    if (Status finished = staging->finish(); !finished) return finished;
    const Status put = writer_->execute(
        "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.lo_put(loid, start, piece)"
        " FROM pg_temp.pghaul_large_objects OFFSET 0) AS written; TRUNCATE pg_temp.pghaul_large_objects");
    if (!put) return put.error().during(kWriting);
    return {};
  }

  /// Gives objects that have been made their owners, grants and comments.
  Status set_properties(catalog::Place range, const std::vector<Change>& changes) {
    std::set<Oid> made;
    for (const Change& one : changes) {
      if (one.makes) made.insert(one.oid);
    }
    if (made.empty()) return {};
    const Result<postgres::Connection*> source = servers_.source();
    if (!source) return fail(source.error());
    const Result<tasks::RowSource::Rows> statements =
        tasks::read_large_object_properties(**source, ranges_, range, wanted_);
    if (!statements) return fail(statements.error());
    std::string sql;
    pipeline::Chunk& buffer = servers_.buffer(postgres::Side::source);
    do {
      buffer.clear();
      if (Status filled = (*statements)->fill(buffer); !filled) return filled;
      for (std::size_t i = 0; i < buffer.rows(); ++i) {
        const std::string_view statement = rows::as_text(buffer.row(i));
        if (made.contains(object_of(statement))) (sql += statement) += ';';
      }
    } while (!buffer.empty());
    if (sql.empty()) return {};
    const Status set = writer_->execute(sql);
    if (!set) return set.error().during("setting owners, grants and comments of large objects");
    return {};
  }

  const discovery::VerbContext& context_;
  const crew::Worker::Endpoints& ends_;
  tasks::BothServers& servers_;
  bool writes_;
  catalog::Catalog ranges_;  // nothing but the ranges of large objects
  tasks::ObjectProperties wanted_;
  std::optional<postgres::Connection> writer_;
  std::optional<postgres::CancelOnStop> cancel_on_stop_;
  MendedLargeObjects done_;
};

}  // namespace

Result<MendedLargeObjects> mend_large_objects(const discovery::VerbContext& context,
                                              const discovery::Discovery& found,
                                              const crew::Worker::Endpoints& ends,
                                              tasks::BothServers& servers, bool writes) {
  return LargeObjectMender(context, found, ends, servers, writes).run();
}

}  // namespace pghaul::job
