#include "base/let_servers_go_first.h"

#include <sched.h>

namespace pghaul {

void let_servers_go_first() noexcept {
  const sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
}

}  // namespace pghaul
