#include "tasks/compare_computed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tasks/both_servers.h"
#include "tasks/compare_generated.h"
#include "tasks/compare_view.h"
#include "tasks/results.h"

namespace pghaul::tasks {
namespace {

using catalog::Place;

class Comparison {
 public:
  Comparison(const WorkPlan& work, const Results& results, BothServers& servers,
             measure::Report::Verification& verification)
      : work_(&work), results_(&results), servers_(&servers), verification_(&verification) {}

  Status run() {
    for (Place place = 0; place < work_->source().relations.size(); ++place) {
      const catalog::Relation& relation = work_->relation(place);
      if (computed_columns(relation).empty()) continue;
      if (work_->computed(place) == nullptr) {
        mention_unread(place);
      } else if (const Status compared = compare(place); !compared) {
        return compared;
      }
    }
    return {};
  }

 private:
  static std::string object_of(const catalog::Relation& relation) {
    return (relation.kind == 'm' ? "materialized view " : "generated columns of ") + shown(relation.name);
  }

  void note(const catalog::Relation& relation, std::string message) {
    verification_->notes.push_back({object_of(relation), std::move(message)});
  }

  void mention_unread(Place place) {
    const catalog::Relation& relation = work_->relation(place);
    const plan::TablePlan* const table = work_->table(place);
    if (table != nullptr && table->tree != catalog::kNone) {
      note(relation, "were not compared: its rows may lie in another partition on the target");
    } else if (servers_->source_is_archive()) {
      note(relation, relation.kind == 'm' ? "was not compared: an archive holds no rows of it"
                                          : "were not compared: the archive holds no digest of them");
    } else if (!relation.readable && relation.kind == 'm') {
      note(relation, "was not compared: on the source " + relation.unreadable_reason);
    }
  }

  void mention_half_read(const catalog::Relation& relation) {
    for (const LeftOut& one : results_->uncompared.all()) {
      if (one.object == object_of(relation)) return note(relation, "was not compared: " + one.reason);
    }
    const bool refreshed_later = relation.kind == 'm' && results_->opening.after != plan::Milestone::verified;
    note(relation, refreshed_later ? "was not compared: it is refreshed after the application has been let in"
                                   : "not compared: it was not refreshed");
  }

  Status compare(Place place) {
    const catalog::Relation& relation = work_->relation(place);
    const verify::Ledger::Tally line = results_->ledger.computed(place);
    if (line.sent_parts == 0 || line.came_back_parts == 0) return mention_half_read(relation), Status{};
    const bool is_view = relation.kind == 'm';
    if (is_view) {
      ++verification_->materialized_views;
    } else {
      verification_->generated_columns +=
          std::ranges::count_if(relation.columns, &catalog::Column::generated);
    }
    const verify::Mode mode =
        work_->computed(place)->format.only_counted ? verify::Mode::counts : verify::Mode::checksums;
    const std::string differs = verify::difference(line.sent, line.came_back, mode);
    if (differs.empty() || (!is_view && rows_differ(place))) return {};
    return is_view ? compare_view(*work_, line, *servers_, place, differs, *verification_)
                   : compare_generated(*servers_, relation, line.came_back.rows, *verification_);
  }

  /// Tells whether the table's own rows differ: that is reported already, and values computed of them differ,
  /// too.
  bool rows_differ(Place place) const {
    const verify::Ledger::Tally rows = results_->ledger.tally(place);
    const plan::TablePlan* const table = work_->table(place);
    return table == nullptr || !verify::difference(rows.sent, rows.came_back, work_->mode(*table)).empty();
  }

  const WorkPlan* work_;
  const Results* results_;
  BothServers* servers_;
  measure::Report::Verification* verification_;
};

}  // namespace

Status compare_computed(const WorkPlan& work, const Results& results, BothServers& servers,
                        measure::Report::Verification& verification) {
  if (work.verify() != verify::Mode::checksums) return {};
  return Comparison(work, results, servers, verification).run();
}

}  // namespace pghaul::tasks
