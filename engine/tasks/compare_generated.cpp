#include "tasks/compare_generated.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "tasks/copy_sql.h"

namespace pghaul::tasks {
namespace {

constexpr const char* kHint =
    "the source stores what the expression gave there when the row was written: a function that was replaced "
    "since, another locale or time zone, or a table that the function reads gives another value today; "
    "UPDATE "
    "the source's rows to have it compute them anew, and compare again";

/// Returns each row as a name for it, in hexadecimal digits that mean the same bytes on both servers and sort
/// alike there, and its generated values.
std::string named_rows_sql(const catalog::Relation& relation) {
  std::string key;
  std::string values;
  for (const catalog::Column& column : computed_columns(relation)) {
    std::string& list = column.generated ? values : key;
    if (column.generated) list += ", ";
    if (!column.generated && !list.empty()) list += ", ";
    list += postgres::quote(column.name);
  }
  std::string rows = fmt::format(
      "SELECT pg_catalog.encode(pg_catalog.textsend(ROW({})::text), 'hex') AS \"name of row\"{} FROM ONLY {}",
      key, values, postgres::quote(relation.name.schema, relation.name.name));
  if (!relation.condition.empty()) rows += " WHERE " + relation.condition;
  return "COPY (SELECT * FROM (" + rows +
         ") AS r ORDER BY \"name of row\" COLLATE \"C\") TO STDOUT (FORMAT text)";
}

std::vector<std::string_view> fields_of(std::string_view row) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = row.find('\t');
    fields.push_back(row.substr(0, end));
    if (end == std::string_view::npos) return fields;
    row.remove_prefix(end + 1);
  }
}

/// One server's rows, one at a time.
class Rows {
 public:
  Rows(postgres::CopyOut rows, pipeline::Chunk& buffer) : rows_(std::move(rows)), buffer_(&buffer) {
    buffer_->clear();
  }

  /// Moves to the next row; fields() is empty after the last one.
  Status next() {
    fields_.clear();
    if (++at_ >= buffer_->rows()) {
      buffer_->clear();
      if (Status filled = rows_.fill(*buffer_); !filled) return filled;
      at_ = 0;
      if (buffer_->empty()) return {};
    }
    const std::span<const std::byte> row = buffer_->row(at_);
    fields_ = fields_of({reinterpret_cast<const char*>(row.data()), row.size()});
    return {};
  }
  [[nodiscard]] const std::vector<std::string_view>& fields() const noexcept { return fields_; }

 private:
  postgres::CopyOut rows_;
  pipeline::Chunk* buffer_;
  std::size_t at_ = 0;
  std::vector<std::string_view> fields_;
};

Result<Rows> rows_of(Result<postgres::Connection*> server, BothServers& servers,
                     const catalog::Relation& relation) {
  if (!server) return fail(server.error());
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
      **server, named_rows_sql((*server)->side() == postgres::Side::target ? on_target(relation) : relation),
      postgres::CopyFormat::text, "generated columns of " + shown(relation.name));
  if (!rows) return fail(rows.error());
  return Rows(std::move(*rows), servers.buffer((*server)->side()));
}

/// Counts, by column, the rows in which it differs, among rows that both servers have.
Result<std::vector<std::uint64_t>> count_differences(BothServers& servers, const catalog::Relation& relation,
                                                     std::size_t columns) {
  Result<Rows> source = rows_of(servers.source(), servers, relation);
  if (!source) return fail(source.error());
  Result<Rows> target = rows_of(servers.target(), servers, relation);
  if (!target) return fail(target.error());
  std::vector<std::uint64_t> different(columns, 0);
  bool next_source = true;
  bool next_target = true;
  for (;;) {
    for (const auto& [rows, wanted] : {std::pair{&*source, next_source}, std::pair{&*target, next_target}}) {
      if (!wanted) continue;
      if (const Status read = rows->next(); !read) return fail(read.error());
    }
    const auto& here = source->fields();
    const auto& there = target->fields();
    if (here.empty() && there.empty()) return different;
    const int order = here.empty() ? 1 : there.empty() ? -1 : here[0].compare(there[0]);
    next_source = order <= 0;
    next_target = order >= 0;
    if (order != 0) continue;
    for (std::size_t i = 0; i < columns; ++i) different[i] += here[i + 1] != there[i + 1] ? 1 : 0;
  }
}

}  // namespace

Status compare_generated(BothServers& servers, const catalog::Relation& relation, std::uint64_t rows,
                         measure::Report::Verification& verification) {
  std::vector<std::string> columns;
  for (const catalog::Column& column : relation.columns) {
    if (column.generated) columns.push_back(shown(catalog::Name{{}, column.name}));
  }
  const Result<std::vector<std::uint64_t>> counts = count_differences(servers, relation, columns.size());
  if (!counts) servers.close();
  if (!counts && counts.error().code == ErrorCode::interrupted) return fail(counts.error());
  bool any = false;
  for (std::size_t i = 0; counts && i < columns.size(); ++i) {
    if ((*counts)[i] == 0) continue;
    any = true;
    verification.mismatches.push_back(
        {fmt::format("column {} of {}", columns[i], shown(relation.name)),
         fmt::format("its generated values differ in {} of {} rows, whose other columns are the same",
                     (*counts)[i], rows),
         kHint});
  }
  if (any) return {};
  const std::string why = counts ? "rows have changed since" : counts.error().message;
  verification.mismatches.push_back({"generated columns of " + shown(relation.name),
                                     fmt::format("the values of {} differ; the number of rows is unknown: {}",
                                                 fmt::join(columns, ", "), why),
                                     kHint});
  return {};
}

}  // namespace pghaul::tasks
