#include "switchover/remove_all.h"

#include "switchover/fence.h"
#include "switchover/sequences.h"
#include "switchover/touch_counters.h"

namespace pghaul::switchover {

Status remove_all(postgres::Connection& server, const std::string& name) {
  Status removed = Fence(name).remove(server);
  if (removed) removed = SequenceFence(name).remove(server);
  if (removed) removed = TouchCounters(name).remove(server);
  return removed;
}

}  // namespace pghaul::switchover
