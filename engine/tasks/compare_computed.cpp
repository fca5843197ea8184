#include "tasks/compare_computed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tasks/both_servers.h"
#include "tasks/compare_generated.h"
#include "tasks/compare_view.h"

namespace pghaul::tasks {
namespace {

using catalog::Place;

class Comparison {
 public:
  Comparison(const Run& run, BothServers& servers, measure::Report::Verification& verification)
      : run_(&run), servers_(&servers), verification_(&verification) {}

  Status run() {
    for (Place place = 0; place < run_->source->relations.size(); ++place) {
      const catalog::Relation& relation = run_->relation(place);
      if (computed_columns(relation).empty()) continue;
      if (run_->computed_plans[place] == nullptr) {
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
    const catalog::Relation& relation = run_->relation(place);
    const plan::TablePlan* const table = run_->table_plans[place];
    if (table != nullptr && table->tree != catalog::kNone) {
      note(relation, "were not compared: its rows may lie in another partition on the target");
    } else if (run_->stored != nullptr) {
      note(relation, relation.kind == 'm' ? "was not compared: an archive holds no rows of it"
                                          : "were not compared: the archive holds no digest of them");
    } else if (!relation.readable && relation.kind == 'm') {
      note(relation, "was not compared: on the source " + relation.unreadable_reason);
    }
  }

  void mention_half_read(const catalog::Relation& relation) {
    for (const Omissions::One& one : run_->uncompared.all()) {
      if (one.object == object_of(relation)) return note(relation, "was not compared: " + one.reason);
    }
    const bool refreshed_later = relation.kind == 'm' && run_->opening.after != plan::Milestone::verified;
    note(relation, refreshed_later ? "was not compared: it is refreshed after the application has been let in"
                                   : "not compared: it was not refreshed");
  }

  Status compare(Place place) {
    const catalog::Relation& relation = run_->relation(place);
    const verify::Ledger::Line line = run_->ledger->computed(place);
    if (line.sent_parts == 0 || line.came_back_parts == 0) return mention_half_read(relation), Status{};
    const bool is_view = relation.kind == 'm';
    if (is_view) {
      ++verification_->materialized_views;
    } else {
      verification_->generated_columns +=
          std::ranges::count_if(relation.columns, &catalog::Column::generated);
    }
    const verify::Mode mode =
        run_->computed_plans[place]->format.only_counted ? verify::Mode::counts : verify::Mode::checksums;
    const std::string differs = verify::difference(line.sent, line.came_back, mode);
    if (differs.empty() || (!is_view && rows_differ(place))) return {};
    return is_view ? compare_view(*run_, *servers_, place, differs, *verification_)
                   : compare_generated(*run_, *servers_, place, *verification_);
  }

  /// Then it has been said already, and what is computed of other rows differs, too.
  bool rows_differ(Place place) const {
    const verify::Ledger::Line rows = run_->ledger->line(place);
    const plan::TablePlan* const table = run_->table_plans[place];
    return table == nullptr || !verify::difference(rows.sent, rows.came_back, run_->mode(*table)).empty();
  }

  const Run* run_;
  BothServers* servers_;
  measure::Report::Verification* verification_;
};

}  // namespace

Status compare_computed(const Run& run, const crew::Worker::Ends& ends, const std::string& source_state,
                        measure::Report::Verification& verification) {
  if (run.verify != verify::Mode::checksums) return {};
  BothServers servers(run, ends, source_state);
  return Comparison(run, servers, verification).run();
}

}  // namespace pghaul::tasks
