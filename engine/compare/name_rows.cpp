#include "compare/name_rows.h"

#include <algorithm>
#include <utility>

#include "crew/worker.h"
#include "rows/row_texts.h"

namespace pghaul::compare {
namespace {

constexpr std::size_t kRowsAtOnce = 500;  // whose values are read from the servers
constexpr std::size_t kBytesShown = 200;  // of a value in the report
constexpr int kRowsShown = 10;            // where only a file is asked for

using Kind = rows::Difference::Kind;
using measure::DifferentRow;
using measure::DifferentRows;

const char* kind_name(Kind kind) {
  return kind == Kind::missing ? "missing" : kind == Kind::extra ? "extra" : "changed";
}

std::optional<DifferentRow::Side> value_of(const rows::RowText& row, std::size_t column) {
  if (column >= row.size()) return std::nullopt;
  return DifferentRow::Side{row[column]};
}

/// Names the rows of one table.
class TableNamer {
 public:
  TableNamer(const DifferentTable& table, postgres::Connection& source, postgres::Connection& target,
             std::size_t most_shown, RowsFile& file)
      : table_(table), source_(source), target_(target), most_shown_(most_shown), file_(file) {
    named_.object = table.object;
  }

  Status take(const std::vector<rows::Difference>& differences) {
    for (const rows::Difference& one : differences) {
      ++(one.kind == Kind::missing ? named_.missing
         : one.kind == Kind::extra ? named_.extra
                                   : named_.changed);
    }
    std::size_t wanted = differences.size();
    if (!file_.wanted()) wanted = std::min(wanted, most_shown_ - named_.rows.size());
    for (std::size_t first = 0; first < wanted; first += kRowsAtOnce) {
      const std::size_t end = std::min(wanted, first + kRowsAtOnce);
      if (Status named = name({differences.begin() + static_cast<std::ptrdiff_t>(first),
                               differences.begin() + static_cast<std::ptrdiff_t>(end)});
          !named) {
        return named;
      }
    }
    return {};
  }
  DifferentRows named() { return std::move(named_); }

 private:
  Status name(const std::vector<rows::Difference>& differences) {
    std::vector<rows::Locator> here;
    std::vector<rows::Locator> there;
    for (const rows::Difference& one : differences) {
      here.push_back(one.source);
      there.push_back(one.target);
    }
    const Result<std::vector<rows::RowText>> source = rows::read_texts(source_, table_.table, here);
    if (!source) return fail(source.error());
    const Result<std::vector<rows::RowText>> target = rows::read_texts(target_, table_.table, there);
    if (!target) return fail(target.error());
    std::string lines;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      DifferentRow row = row_of(differences[i], (*source)[i], (*target)[i]);
      if (file_.wanted()) lines += row.to_json(table_.object) + "\n";
      if (named_.rows.size() >= most_shown_) continue;
      shorten(row);
      named_.rows.push_back(std::move(row));
    }
    return file_.wanted() ? file_.write(lines) : Status{};
  }

  DifferentRow row_of(const rows::Difference& difference, const rows::RowText& source,
                      const rows::RowText& target) const {
    const std::vector<catalog::Column> columns = rows::copied_columns(table_.table.first());
    DifferentRow row{.kind = kind_name(difference.kind)};
    const rows::RowText& either = source.empty() ? target : source;
    for (const rows::Key::Column& column : table_.table.key.columns) {
      if (column.field < either.size()) row.key.emplace_back(column.name, either[column.field].value_or(""));
    }
    for (std::uint32_t i = 0; i < columns.size(); ++i) {
      if (difference.kind == Kind::changed &&
          std::ranges::find(difference.columns, i) == difference.columns.end())
        continue;
      row.columns.push_back({columns[i].name, value_of(source, i), value_of(target, i)});
    }
    return row;
  }

  static void shorten(DifferentRow& row) {
    for (auto& [name, value] : row.key) value = measure::shortened(value, kBytesShown);
    for (DifferentRow::Column& column : row.columns) {
      for (std::optional<DifferentRow::Side>* side : {&column.source, &column.target}) {
        if (*side && (*side)->value) (*side)->value = measure::shortened(*(*side)->value, kBytesShown);
      }
    }
  }

  const DifferentTable& table_;
  postgres::Connection& source_;
  postgres::Connection& target_;
  std::size_t most_shown_;
  RowsFile& file_;
  DifferentRows named_;
};

}  // namespace

std::size_t rows_shown(const discovery::Options& options) noexcept {
  return static_cast<std::size_t>(options.rows > 0 ? options.rows : kRowsShown);
}

Status name_rows(discovery::VerbContext& context, const std::vector<DifferentTable>& tables,
                 const ComparedStates& states, const tasks::CrewOptions& options, RowsFile& file) {
  std::vector<DifferentRows> named(tables.size());
  Status done = for_each_table(
      context, tables, states, options,
      [&](crew::Worker& worker, std::size_t place, postgres::Connection& source,
          postgres::Connection& target) -> Status {
        const DifferentTable& table = tables[place];
        named[place].object = table.object;
        if (table.only_counted) {
          named[place].unnamed = "the two servers write its values differently, so its rows are only counted";
          return {};
        }
        TableNamer namer(table, source, target, rows_shown(context.options), file);
        rows::TableComparison comparison(
            table.table, source, target, worker.buffer(),
            [&](const std::vector<rows::Difference>& found) { return namer.take(found); });
        if (Status compared = comparison.run(table.whole, table.tally); !compared) return compared;
        named[place] = namer.named();
        return {};
      },
      [&](std::size_t place, Error failure) -> Status {
        if (context.stop.stop_requested() || failure.code == ErrorCode::system)
          return fail(std::move(failure));
        named[place].unnamed = std::move(failure.message);
        return {};
      });
  if (!done) return done;
  context.report.verification->different_rows = std::move(named);
  return {};
}

}  // namespace pghaul::compare
