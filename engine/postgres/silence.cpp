#include "postgres/silence.h"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/responds.h"

namespace pghaul::postgres {

using std::chrono::milliseconds;

milliseconds Silence::until_check() const noexcept {
  return std::max(std::chrono::ceil<milliseconds>(timer_.until_due(Clock::now())), milliseconds(0));
}

Status Silence::check(const std::stop_token& stop) {
  const SilenceTimer::Due due = timer_.due(Clock::now());
  if (due == SilenceTimer::Due::probe) probe(server_ ? *server_ : connection_->effective(), timer_, stop);
  if (due != SilenceTimer::Due::giving_up) return {};
  connection_->lifeline()->sever();
  return fail(ErrorCode::connection_lost,
              fmt::format("the {} has not answered for {} s", side_name(connection_->side()),
                          connection_->silence_limit().count()));
}

}  // namespace pghaul::postgres
