#pragma once

#include "base/error.h"
#include "base/lsn.h"
#include "changes/message.h"

namespace pghaul::follow {

/// Brings a feed's transactions to a target, in their order.
///
/// Threads    one at a time.
/// Errors     of each function: that of an earlier change, too. After one only destruction is of use: what
///            was not committed is undone, and another applier goes on where this one's last commit ended.
class Applier {
 public:
  virtual ~Applier() = default;
  /// Takes the feed's next message. Transactions that the target has already are recognized and left out.
  [[nodiscard]] virtual Status take(const changes::Message& message) = 0;
  /// The source has nothing more to say of what was committed before `position`.
  virtual void pass(Lsn position) = 0;
  /// Commits all that has been taken, and that the target is at `position`, without waiting for more.
  [[nodiscard]] virtual Status mark(Lsn position) = 0;
  /// Nothing more comes for now: gives the target what has been taken of whole transactions, once it has done
  /// what it was given before, without waiting for that. Returns whether all of that has been sent for good:
  /// nothing but a COMMIT may be unanswered.
  [[nodiscard]] virtual Result<bool> settle() = 0;
  /// Gives the position up to which everything would survive a crash of the target.
  [[nodiscard]] virtual Lsn durable() const = 0;
};

}  // namespace pghaul::follow
