#include "fencing/remove_all.h"

#include "fencing/fence.h"
#include "fencing/sequences.h"
#include "fencing/touch_counters.h"

namespace pghaul::fencing {

Status remove_all(postgres::Connection& server, const std::string& name) {
  Status removed = Fence(name).remove(server);
  if (removed) removed = SequenceFence(name).remove(server);
  if (removed) removed = TouchCounters(name).remove(server);
  return removed;
}

}  // namespace pghaul::fencing
