#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"

namespace pghaul::crew {

/// Names one piece of work for one worker: its number in the list or graph that it comes from.
using ItemId = std::uint32_t;

/// Hands out items of work, and records the result of each. A crew asks again a few times a second, so an
/// item may also become ready by what happens elsewhere.
///
/// Threads  one at a time: a crew calls it under its mutex.
class WorkQueue {
 public:
  virtual ~WorkQueue() = default;

  /// Starts an item; nothing where all that is left has to wait for others.
  [[nodiscard]] virtual std::optional<ItemId> next() = 0;
  virtual void finished(ItemId item) = 0;
  /// Puts back an item that was not done, as its worker has retired: another one may start it.
  virtual void give_back(ItemId item) = 0;
  /// Records a failure. True: the item will be handed out again, once more of the others have finished.
  /// False: it would fail again.
  [[nodiscard]] virtual bool postpone(ItemId item, const Error& failure) = 0;
  /// Tells whether every item has finished.
  [[nodiscard]] virtual bool done() const = 0;
};

}  // namespace pghaul::crew
