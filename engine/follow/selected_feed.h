#pragma once

#include <deque>
#include <optional>
#include <string>

#include "follow/feed.h"
#include "follow/meter.h"
#include "follow/table_starts.h"

namespace pghaul::follow {

/// The changes of another feed that are for the target: without those that its tables were copied with, and
/// without those of pghaul's own table on the source. Counts what passes.
///
/// Every transaction's Begin and Commit are given, so that positions move; after the Commit of one that
/// updated a row of pghaul's own on the source, a Mark.
///
/// Memory     a few bytes for each transaction that is not safe on the target yet.
class SelectedFeed : public Feed {
 public:
  /// `own_schema`: the schema on the source that holds nothing for the target.
  SelectedFeed(Feed& feed, TableStarts starts, std::string own_schema, Meter& meter)
      : feed_(feed), starts_(std::move(starts)), own_schema_(std::move(own_schema)), meter_(meter) {}

  [[nodiscard]] Result<Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) override;
  void confirm(Lsn durable) override;

 private:
  struct Pending {
    Lsn end;
    changes::Timestamp committed_at = 0;
  };

  /// Tells whether the message is for the target. Narrows a TRUNCATE down to tables that are.
  [[nodiscard]] bool select(changes::Message& message);
  [[nodiscard]] bool select(const changes::Begin& begin);
  [[nodiscard]] bool select(const changes::Commit& commit);
  [[nodiscard]] bool select(changes::Truncate& truncate);
  [[nodiscard]] bool select_change_of(const changes::Relation& relation);
  [[nodiscard]] bool is_own(const changes::Relation& relation) const {
    return relation.schema == own_schema_;
  }
  /// Tells whether the present transaction's changes of the table are for the target.
  [[nodiscard]] bool is_new(const changes::Relation& relation) const {
    return !starts_.cover(relation.oid) && !is_own(relation);
  }
  void show_pending();

  Feed& feed_;
  TableStarts starts_;
  std::string own_schema_;
  Meter& meter_;
  bool marked_ = false;       // the present transaction
  std::optional<Mark> mark_;  // given next
  std::deque<Pending> pending_;
  std::vector<const changes::Relation*> truncated_;  // what the last TRUNCATE was narrowed down to
};

}  // namespace pghaul::follow
