#pragma once

#include <chrono>
#include <stop_token>
#include <variant>

#include "base/error.h"
#include "base/lsn.h"
#include "changes/message.h"

namespace pghaul::follow {

/// Says that nothing has come in time.
struct Nothing {};
/// Says that the source has nothing more of what was committed before `position`.
struct Idle {
  Lsn position;
};
/// Says that the source was marked, by a transaction of pghaul's own that ended before `position` and has
/// been given: somebody waits for the target to say that it is there.
struct Mark {
  Lsn position;
};
using Item = std::variant<Nothing, Idle, Mark, changes::Message>;

/// Transactions of a source in the order in which they were committed, message by message: from a Begin to
/// its Commit. An Idle or a Mark stands between transactions only.
///
/// Memory     a transaction of any size is never held as a whole.
/// Threads    one at a time.
class Feed {
 public:
  virtual ~Feed() = default;
  /// Gives the next item, which is good until the next call; Nothing after `wait`, or once `stop` is
  /// requested.
  [[nodiscard]] virtual Result<Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) = 0;
  /// All up to `durable` is safe on the target: the source may forget it. Does not wait.
  virtual void confirm(Lsn durable) = 0;
};

}  // namespace pghaul::follow
