#include "postgres/silence.h"

#include <fmt/format.h>

#include "postgres/responds.h"

namespace pghaul::postgres {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds kShortest{250};  // silence that any server may be asked about

}  // namespace

Status Silence::check(const std::stop_token& stop) {
  const auto quiet = std::chrono::duration_cast<milliseconds>(steady_clock::now() - heard_);
  if (quiet < kShortest) return {};
  const ConnectionString server = connection_->effective();
  if (quiet < probe_interval(server.patience())) return {};
  const milliseconds left = server.patience() - quiet;
  if (left > milliseconds::zero()) {
    if (responds(server, left, stop)) end();
    return {};
  }
  connection_->lifeline()->sever();
  return fail(ErrorCode::connection_lost,
              fmt::format("the {} has not answered for {} s", side_name(connection_->side()),
                          server.patience().count()));
}

}  // namespace pghaul::postgres
