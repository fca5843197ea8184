#include "estimate/sample_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "estimate/scratch.h"
#include "plan/page_range.h"
#include "postgres/quote.h"
#include "tasks/copy_sql.h"

namespace pghaul::estimate {
namespace {

const catalog::Type* type_of(const catalog::Catalog& source, catalog::Oid oid) {
  const auto found = std::ranges::find(source.types, oid, &catalog::Type::oid);
  return found == source.types.end() ? nullptr : &*found;
}

/// Returns the type that takes the column's place; empty: there is none.
std::string stand_in(const catalog::Catalog& source, const catalog::Column& column, bool binary) {
  if (column.type < catalog::kFirstUserOid) return column.type_text;
  const catalog::Type* type = type_of(source, column.type);
  while (type != nullptr && type->kind == 'd') {
    const catalog::Type* const base = type_of(source, type->part);
    if (type->part < catalog::kFirstUserOid) {
      return base == nullptr ? "" : postgres::quote(base->name.schema, base->name.name);
    }
    type = base;
  }
  const bool is_enum = type != nullptr && type->kind == 'e';
  return is_enum || !binary ? "text" : "";
}

/// Finds where `word` begins in `sql` outside of quoted names.
std::size_t find_unquoted(const std::string& sql, const std::string& word) {
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '"') quoted = !quoted;
    if (!quoted && sql.compare(i, word.size(), word) == 0) return i;
  }
  return std::string::npos;
}

}  // namespace

std::vector<plan::PageRange> sample_pieces(const catalog::Relation& relation) {
  const std::int64_t bytes = relation.heap_bytes + relation.toast_bytes;
  if (relation.heap_pages == 0 || bytes <= kSamplePieces * kSampleBytes) return {plan::PageRange{}};
  const double share = static_cast<double>(kSampleBytes) / static_cast<double>(bytes);
  const auto length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(relation.heap_pages * share));
  std::vector<plan::PageRange> pieces;
  for (int i = 0; i < kSamplePieces; ++i) {
    const double middle = relation.heap_pages * (i + 0.5) / kSamplePieces;
    const auto first = static_cast<std::uint32_t>(std::max(1.0, middle - length / 2.0));
    pieces.push_back({first, first + length});
  }
  return pieces;
}

catalog::Relation scratch_table(const catalog::Catalog& source, const catalog::Relation& relation,
                                bool binary, std::size_t number) {
  catalog::Relation scratch;
  scratch.name = {Scratch::kSchema, fmt::format("sample_{}", number)};
  for (const catalog::Column& column : relation.columns) {
    if (column.generated) continue;
    std::string type = stand_in(source, column, binary);
    if (!type.empty()) scratch.columns.push_back({column.name, column.type, std::move(type), false});
  }
  return scratch;
}

std::string create_scratch_table(const catalog::Relation& scratch) {
  std::string list;
  for (const catalog::Column& column : scratch.columns) {
    list += (list.empty() ? "" : ", ") + postgres::quote(column.name) + " " + column.type_text;
  }
  return fmt::format("CREATE TABLE {} ({})", postgres::quote(scratch.name.schema, scratch.name.name), list);
}

std::string copy_piece_sql(const catalog::Relation& scratch, const catalog::Relation& relation,
                           const plan::PageRange& pages, postgres::CopyFormat format, int server_version) {
  std::string sql = fmt::format("COPY (SELECT {} FROM ONLY {}", tasks::column_names(scratch.columns),
                                postgres::quote(relation.name.schema, relation.name.name));
  if (!pages.whole()) {
    if (server_version >= plan::kFirstWithTidRangeScan) {
      sql += fmt::format(" WHERE ctid >= '({},0)' AND ctid < '({},0)'", pages.first, pages.end);
    } else {
      sql += fmt::format(" TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE ({})",
                         100.0 * (pages.end - pages.first) / std::max(1U, relation.heap_pages), pages.first);
    }
  }
  return sql + fmt::format(") TO STDOUT (FORMAT {})", postgres::copy_format_name(format));
}

std::optional<std::string> create_scratch_index(const catalog::IndexInfo& index,
                                                const catalog::Relation& scratch) {
  const std::size_t at = find_unquoted(index.definition, " USING ");
  if (at == std::string::npos) return std::nullopt;
  return fmt::format("CREATE INDEX ON {}{}", postgres::quote(scratch.name.schema, scratch.name.name),
                     index.definition.substr(at));
}

}  // namespace pghaul::estimate
