#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "follow/applier.h"
#include "follow/batch.h"
#include "follow/batch_writer.h"
#include "follow/followed_tables.h"
#include "follow/target_session.h"

namespace pghaul::follow {

/// Applies changes on one connection, and lets none pass that did not hit exactly the row it means.
///
/// Transactions of the source are gathered in batches, and what a batch amounts to is written by few
/// statements. While the target executes one batch, the next one is gathered. A batch that the target
/// refuses, or whose statements don't hit as many rows as they should, is undone and applied again change by
/// change, in the source's order: this names the row that does not fit, or shows that they all do, as where a
/// unique value moves from row to row.
///
/// The progress of the slot moves in the same target transaction as the rows. The counts of all changes are
/// known before it is committed, so that an error leaves the target at a state that the source had: the last
/// one before the transaction that does not fit.
///
/// Memory  about 4 MB, and the widest row, which libpq has once more.
/// Errors  mismatch, which names table and key: a row was not there, was there already, or the table is
///         another one; server_error: the target refused a change; refused: somebody else moved the progress.
class StrictApplier : public Applier {
 public:
  struct Options {
    bool batches = true;              // false: each change by a statement of its own
    std::size_t transactions = 1000;  // of the source, at most, that become one of the target
    std::size_t batch_bytes = 1 << 20;
    std::chrono::milliseconds durability_interval{50};  // between questions about the target's disk
    std::chrono::milliseconds idle_interval{10'000};    // between positions written while nothing is applied
    /// How long settle() takes a target that does not answer for busy, before it waits, and looks whether the
    /// target is there.
    std::chrono::milliseconds longest_overlap{1'000};
  };
  /// Goes on from what `table` says of `slot`; see progress().
  [[nodiscard]] static Result<std::unique_ptr<StrictApplier>> open(const postgres::ConnectionString& target,
                                                                   const std::string& encoding,
                                                                   const ProgressTable& table,
                                                                   const std::string& slot, Options options,
                                                                   const std::stop_token& stop);
  StrictApplier(StrictApplier&&) = delete;
  StrictApplier& operator=(StrictApplier&&) = delete;

  /// Gives the progress from which a feed has to go on.
  [[nodiscard]] const Progress& progress() const noexcept { return session_->progress(); }

  /// Returns how many batches were undone and applied again change by change.
  [[nodiscard]] std::size_t replays() const noexcept { return replays_; }

  [[nodiscard]] Status take(const changes::Message& message) override;
  void pass(Lsn position) override;
  [[nodiscard]] Status mark(Lsn position) override;
  [[nodiscard]] Result<bool> settle() override;
  [[nodiscard]] Lsn durable() const override { return session_->durable(); }

 private:
  using Entries = std::span<const Batch::Entry>;

  StrictApplier(std::unique_ptr<TargetSession> session, Options options);

  [[nodiscard]] Status begin(const changes::Begin& begin);
  [[nodiscard]] Status end(const changes::Commit& commit);
  [[nodiscard]] Status describe(const changes::Relation& relation);
  template <typename Change>
  [[nodiscard]] Status gather(const Change& change);
  [[nodiscard]] Status gather(const changes::Truncate& truncate);
  template <typename Change>
  [[nodiscard]] Status apply_alone(Change change, const changes::Relation& relation);
  /// Applies what has been gathered of whole transactions.
  [[nodiscard]] Status finish_gathered();
  /// Returns `error` of a change once the whole transactions before it are applied, or what fails of these.
  [[nodiscard]] Status fail_after_gathered(const Error& error);
  /// Commits that the target is where all that was taken ends.
  [[nodiscard]] Status move_to_taken();
  /// Sends what has been gathered, once what was sent before has been judged.
  [[nodiscard]] Status send();
  [[nodiscard]] Status send(Entries entries);
  /// Waits until the target has done what it was sent, and commits whole transactions.
  [[nodiscard]] Status finish_sent();
  [[nodiscard]] Status replay(Entries entries);

  std::unique_ptr<TargetSession> session_;
  Options options_;
  FollowedTables tables_;
  BatchWriter writer_;
  std::unique_ptr<Batch> gathered_ = std::make_unique<Batch>();
  std::unique_ptr<Batch> sent_ = std::make_unique<Batch>();
  Entries attempted_;  // of what was sent; not judged yet
  std::chrono::steady_clock::time_point sent_at_;

  std::optional<changes::Begin> source_transaction_;
  bool skipping_ = false;     // the source's transaction is on the target already
  bool unfinished_ = false;   // what was sent last ends within a transaction
  bool send_at_end_ = false;  // of the source's transaction, however little has been gathered
  Lsn taken_;                 // all transactions that ended before have been taken
  std::size_t replays_ = 0;
};

}  // namespace pghaul::follow
