#include "compare/row_search.h"

#include <algorithm>
#include <set>
#include <utility>

#include "catalog/read_keys.h"
#include "compare/tree_tallies.h"
#include "crew/crew.h"
#include "crew/item_list.h"
#include "rows/sample_bounds.h"
#include "tasks/copy_sql.h"

namespace pghaul::compare {
namespace {

constexpr std::uint32_t kPagesOfBucket = 128;  // a megabyte
constexpr std::uint32_t kMostBuckets = 4096;
constexpr std::uint32_t kFewestBuckets = 8;  // a smaller table is read again as a whole

}  // namespace

Result<std::unique_ptr<RowSearch>> RowSearch::prepare(discovery::Discovery& found,
                                                      discovery::SourceHold& target, tasks::WorkPlan& work) {
  std::unique_ptr<RowSearch> search(new RowSearch(work));
  postgres::Connection& source = found.source_hold->connection();
  const Result<rows::UniqueKeys> here = catalog::read_keys(source);
  if (!here) return fail(here.error());
  const Result<rows::UniqueKeys> there = catalog::read_keys(target.connection());
  if (!there) return fail(there.error());
  search->gather_tables();
  const bool same_encoding = found.source.server.encoding == found.target->encoding;
  for (Table& table : search->tables_) {
    // A leaf of the tree has all columns in the order in which they are copied.
    catalog::Relation relation = work.relation(table.places.front());
    relation.name = work.relation(table.named).name;
    table.key = rows::choose_key(relation, *here, *there, same_encoding);
    if (table.named != table.places.front()) table.key.by_range = false;
  }
  // Over a link digests are taken on its far side, where nothing counts by bucket.
  const bool far = source.detour() != nullptr || target.connection().detour() != nullptr;
  if (!far) {
    if (const Status divided = search->divide(source); !divided) return fail(divided.error());
  }
  return search;
}

void RowSearch::gather_tables() {
  std::map<catalog::Place, std::size_t> trees;
  for (const plan::TablePlan& plan : work_.plan().tables) {
    const bool by_tree = plan.tree != catalog::kNone;
    if (by_tree) {
      const auto [entry, is_new] = trees.try_emplace(plan.tree, tables_.size());
      if (!is_new) {
        tables_[entry->second].places.push_back(plan.relation);
        continue;
      }
    }
    tables_.push_back({.places = {plan.relation}, .named = by_tree ? plan.tree : plan.relation});
  }
}

Status RowSearch::divide(postgres::Connection& source) {
  for (const Table& table : tables_) {
    std::uint32_t pages = 0;
    for (const catalog::Place place : table.places) pages += work_.relation(place).heap_pages;
    const std::uint32_t count = std::min(pages / kPagesOfBucket, kMostBuckets);
    const plan::Format& format = work_.table(table.places.front())->format;
    if (count < kFewestBuckets || format.only_counted) continue;
    if (!table.key.by_range) {
      work_.divided_tables().add(table.places, rows::Buckets::by_hash(table.key, count));
    } else if (format.binary) {
      Result<rows::Buckets> buckets =
          rows::sample_buckets(source, work_.relation(table.named), table.key, count);
      if (!buckets) return fail(buckets.error());
      work_.divided_tables().add(table.places, std::move(*buckets));
    }
  }
  return {};
}

std::vector<DifferentTable> RowSearch::different(const tasks::Results& results) const {
  const TreeTallies lines(work_.plan(), results.ledger);
  std::vector<DifferentTable> all;
  for (const Table& table : tables_) {
    const plan::TablePlan& plan = *work_.table(table.places.front());
    const verify::Ledger::Tally line = lines.of(plan);
    if (verify::difference(line.sent, line.came_back, work_.mode(plan)).empty()) continue;
    DifferentTable& one = all.emplace_back();
    one.object = shown(work_.relation(table.named).name);
    one.table.key = table.key;
    one.table.format = tasks::WorkPlan::copy_format(plan.format);
    one.table.floats = plan.format.floats;
    for (const catalog::Place place : table.places)
      one.table.parts.push_back({place, &work_.relation(place), tasks::on_target(work_.relation(place))});
    one.whole.source = line.sent;
    one.whole.target = line.came_back;
    one.tally = work_.divided_tables().tally(table.places.front());
    one.tree = plan.tree;
    one.only_counted = plan.format.only_counted;
  }
  return all;
}

Status for_each_table(
    const discovery::VerbContext& context, const std::vector<DifferentTable>& tables,
    const ComparedStates& states, const tasks::CrewOptions& options,
    const std::function<Status(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                               postgres::Connection& target)>& look,
    const std::function<Status(std::size_t table, Error failure)>& failed,
    const std::function<void()>& tick) {
  const auto look_in_transactions = [&](crew::Worker& worker, std::size_t table) -> Status {
    const Result<postgres::Connection*> source = worker.source();
    if (!source) return fail(source.error());
    const Result<postgres::Connection*> target = worker.target();
    if (!target) return fail(target.error());
    const Result<postgres::Transaction> of_source = states.source.begin(**source);
    if (!of_source) return fail(of_source.error());
    const Result<postgres::Transaction> of_target = states.target.begin(**target);
    if (!of_target) return fail(of_target.error());
    return look(worker, table, **source, **target);
  };
  std::vector<double> costs;
  for (const DifferentTable& table : tables) costs.push_back(static_cast<double>(table.whole.bytes()));
  crew::ItemList items(costs);
  crew::Crew crew(items, std::min(options.workers, static_cast<int>(std::max<std::size_t>(tables.size(), 1))),
                  options.ends,
                  [&](crew::Worker& worker, crew::ItemId table, const std::stop_token&) -> Status {
                    const double start = context.timeline.now();
                    Status looked = look_in_transactions(worker, table);
                    context.timeline.record("rows", tables[table].object, worker.number(), start, !looked);
                    if (looked) return looked;
                    worker.reconnect();
                    return failed(table, looked.error());
                  });
  return crew.run(context.stop, tick);
}

}  // namespace pghaul::compare
