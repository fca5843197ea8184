#include "job/let_go.h"

#include <chrono>
#include <system_error>
#include <thread>

namespace pghaul::job {

void LetGo::Break::operator()() const {
  postgres::Lifeline::cancel_soon(lifeline);
  try {
    std::thread([broken = lifeline] {
      constexpr std::chrono::seconds kUntilBroken{1};
      std::this_thread::sleep_for(kUntilBroken);
      broken->sever();
    }).detach();
  } catch (const std::system_error&) {
    lifeline->sever();
  }
}

}  // namespace pghaul::job
