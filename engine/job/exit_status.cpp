#include "job/exit_status.h"

namespace pghaul::job {

int exit_status(ErrorCode code, bool touched) noexcept {
  constexpr int kWrongCommandLine = 2;
  constexpr int kRefused = 3;
  constexpr int kUnreachable = 4;
  constexpr int kHalfWay = 5;
  constexpr int kDifferent = 6;
  constexpr int kInterrupted = 130;
  switch (code) {
    case ErrorCode::ok:
      return 0;
    case ErrorCode::usage:
      return kWrongCommandLine;
    case ErrorCode::mismatch:
      return kDifferent;
    case ErrorCode::interrupted:
      return kInterrupted;
    case ErrorCode::connection_failed:
    case ErrorCode::connection_lost:
      return touched ? kHalfWay : kUnreachable;
    default:
      return touched ? kHalfWay : kRefused;
  }
}

}  // namespace pghaul::job
