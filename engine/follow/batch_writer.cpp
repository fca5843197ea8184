#include "follow/batch_writer.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "base/units.h"
#include "follow/large_change.h"

namespace pghaul::follow {
namespace {

using changes::OldRow;
using changes::Row;
using changes::Value;

constexpr std::size_t kStatementBytes = 64_KiB;
constexpr std::size_t kMostFalseConflicts = 3;

/// Describes which values of its row an UPDATE leaves out.
std::string left_out(Row row) {
  std::string shape;
  for (const Value& value : row) shape += value.kind == Value::Kind::unchanged ? 'u' : '.';
  return shape;
}

bool goes_singly(const FollowedTable& table) {
  return table.statements->singly() || table.false_conflicts >= kMostFalseConflicts;
}

}  // namespace

void BatchWriter::merge(std::span<const Batch::Entry> entries) {
  net_ = {};
  std::size_t count = 0;
  const auto goes_along = [this](const auto& what) { return merges(what); };
  while (count < entries.size() && std::visit(goes_along, entries[count].what)) ++count;
  merged_ = entries.first(count);
}

template <typename Change>
bool BatchWriter::merges(const Change& change) {
  const Result<FollowedTable*> table = tables_.find(*change.relation);
  return table && !goes_singly(**table) && !is_large(change) && net_.add(change);
}

Status BatchWriter::write(std::span<const Batch::Entry> entries) {
  const auto merged = std::exchange(merged_, {});
  if (merged.data() != entries.data()) net_ = {};
  const std::size_t done = merged.data() == entries.data() ? merged.size() : 0;
  for (const Batch::Entry& entry : entries.subspan(done)) {
    const Status taken = std::visit([&](const auto& what) { return take(entry.xid, what); }, entry.what);
    if (!taken) return taken;
  }
  return flush_all();
}

template <typename Change>
Status BatchWriter::take(std::uint32_t xid, const Change& change) {
  const Result<FollowedTable*> table = tables_.find(*change.relation);
  if (!table) return fail(table.error());
  const bool singly = goes_singly(**table);
  if (!singly && !is_large(change) && net_.add(change)) return {};
  // Where triggers fire, all other tables' changes have to be there before; else only those of this table.
  Status flushed = singly ? flush_all() : flush(net_.take(*change.relation));
  return flushed ? rows_.apply(xid, change) : flushed;
}

Status BatchWriter::take(std::uint32_t xid, const changes::Truncate& truncate) {
  Status flushed = flush_all();
  return flushed ? rows_.apply(xid, truncate) : flushed;
}

Status BatchWriter::flush_all() {
  for (const NetChanges::Table& net : net_.take_all()) {
    if (Status flushed = flush(net); !flushed) return flushed;
  }
  return {};
}

Status BatchWriter::flush(const NetChanges::Table& net) {
  const Result<FollowedTable*> table = tables_.find(*net.relation);
  if (!table) return fail(table.error());
  Status done = execute(Operation::remove, **table, net.removed);
  if (done) done = update(**table, net.updated);
  if (done) done = execute(Operation::insert, **table, net.inserted);
  return done;
}

/// A statement serves rows that leave the same values out.
Status BatchWriter::update(FollowedTable& table, const std::vector<Row>& rows) {
  std::map<std::string, std::vector<Row>> alike;
  for (const Row row : rows) alike[left_out(row)].push_back(row);
  for (const auto& [shape, some] : alike) {
    if (Status done = execute(Operation::update, table, some); !done) return done;
  }
  return {};
}

Status BatchWriter::execute(Operation operation, FollowedTable& table, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  const Result<const PreparedStatement*> prepared = statement(operation, table, rows.front());
  if (!prepared) return fail(prepared.error());
  const std::span<const Row> all(rows);
  std::size_t first = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t more = 4 * all[i].size() + bytes_of(all[i]);
    if (i > first && bytes + more > kStatementBytes) {
      if (Status sent = send(operation, table, **prepared, all.subspan(first, i - first)); !sent) return sent;
      first = i;
      bytes = 0;
    }
    bytes += more;
  }
  return send(operation, table, **prepared, all.subspan(first));
}

Result<const PreparedStatement*> BatchWriter::statement(Operation operation, FollowedTable& table, Row row) {
  std::string shape = std::string("all ") + static_cast<char>(operation);
  if (operation == Operation::update) shape += left_out(row);
  if (const PreparedStatement* known = TargetSession::find(table, shape)) return known;
  Result<Statement> made = [&]() -> Result<Statement> {
    switch (operation) {
      case Operation::remove:
        return table.statements->remove({.relation = &table.relation, .old_kind = OldRow::key, .old = row},
                                        Rows::all);
      case Operation::update:
        return table.statements->update(
            {.relation = &table.relation, .old_kind = OldRow::none, .old = {}, .row = row}, Rows::all);
      case Operation::insert:
        return table.statements->insert(Rows::all);
    }
    return fail(ErrorCode::internal, "an operation is not known");
  }();
  if (!made) return fail(made.error());
  return session_.prepare(table, std::move(shape), std::move(*made));
}

Status BatchWriter::send(Operation operation, FollowedTable& table, const PreparedStatement& prepared,
                         std::span<const Row> rows) {
  arrays_.clear();
  postgres::TextArray array;
  for (const Statement::Parameter& parameter : prepared.statement.parameters) {
    array.clear();
    for (const Row row : rows) {
      const Value& value = row[parameter.column];
      array.add(value.kind == Value::Kind::text ? std::optional(value.text) : std::nullopt);
    }
    arrays_.push_back(array.value());
  }
  const char* const verb = operation == Operation::remove   ? "DELETE from"
                           : operation == Operation::update ? "UPDATE of"
                                                            : "INSERT into";
  return session_.execute(
      prepared, std::span<const std::string>(arrays_),
      {.verb = verb, .table = &table, .key = {}, .rows = static_cast<std::int64_t>(rows.size())});
}

}  // namespace pghaul::follow
