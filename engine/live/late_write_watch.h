#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "follow/late_writes.h"
#include "follow/progress.h"
#include "measure/live_status.h"

namespace pghaul::live {

/// Watches the server that a switchover has closed, while it follows the other one: whoever writes there all
/// the same is named, as nobody carries that. Reads the slot by which it was followed before.
///
/// Ends for good when the next switchover makes the slot anew: that ends its session before. Where that one
/// is given up, this says that nobody watches any more.
///
/// Threads  one of its own, which has ended once this is destroyed.
class LateWriteWatch {
 public:
  /// `slot`: on the server `closed`, which the other one, `opened`, has followed by it; how far stands there
  /// in `schema`. Errors  refused: the slot is gone, or of no use.
  [[nodiscard]] static Result<std::unique_ptr<LateWriteWatch>> begin(const discovery::VerbContext& context,
                                                                     const discovery::Endpoint& closed,
                                                                     const discovery::Endpoint& opened,
                                                                     const std::string& slot,
                                                                     const std::string& schema);
  /// Begins as soon as the switchover that is under way has ended, and ends at once if that one has opened
  /// `closed` again. If it can't begin, it says so, and drops the slot, which would keep WAL for nobody,
  /// where no switchover needs it. To be called before the other server is followed.
  [[nodiscard]] static Result<std::unique_ptr<LateWriteWatch>> begin_later(
      const discovery::VerbContext& context, const discovery::Endpoint& closed,
      const discovery::Endpoint& opened, const std::string& slot, const std::string& schema);
  ~LateWriteWatch();
  LateWriteWatch(LateWriteWatch&&) = delete;
  LateWriteWatch& operator=(LateWriteWatch&&) = delete;

  /// Returns what it has seen. Nothing: it has ended. Threads  any.
  [[nodiscard]] std::optional<measure::LiveLateWrites> seen() const;

 private:
  /// What it needs to know of the two servers.
  struct Beginning {
    std::string fence;  // of a switchover on the server that is open
    std::string encoding;
    follow::Progress progress;
  };
  [[nodiscard]] static Result<Beginning> find_beginning(const discovery::VerbContext& context,
                                                        const discovery::Endpoint& closed,
                                                        const discovery::Endpoint& opened,
                                                        const std::string& slot, const std::string& schema);
  LateWriteWatch(const discovery::VerbContext& context, const discovery::Endpoint& closed,
                 const discovery::Endpoint& opened, std::string slot, std::string schema,
                 std::optional<Beginning> beginning);
  [[nodiscard]] Status run(const std::stop_token& stop);
  /// Who needs the slot.
  enum class SlotUser { switchover, watch, follower };
  [[nodiscard]] Result<SlotUser> find_slot_user();
  [[nodiscard]] Status begin_once_free(const std::stop_token& stop);
  [[nodiscard]] Status watch(const std::stop_token& stop);
  [[nodiscard]] Status read(const std::stop_token& stop);
  [[nodiscard]] Result<bool> is_switchover_under_way();
  void tell(const follow::LateWrite& late);

  const discovery::VerbContext& context_;
  const discovery::Endpoint& closed_;
  const discovery::Endpoint& opened_;
  std::string slot_;
  std::string schema_;
  std::optional<Beginning> beginning_;              // the thread's; nothing: it has to wait first
  std::vector<measure::Report::Finding> findings_;  // the thread's, until it has ended
  mutable std::mutex mutex_;
  std::optional<measure::LiveLateWrites> seen_;  // under `mutex_`
  std::jthread thread_;
};

/// The target of the way back: the server that a switchover has closed.
struct ClosedTarget {
  std::string shown_in;                         // schema on the source that shows the status, too
  const LateWriteWatch* late_writes = nullptr;  // nullptr: it could not be begun
};

}  // namespace pghaul::live
