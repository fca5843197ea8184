#include "job/exit_status.h"

#include <array>

namespace pghaul::job {
namespace {

constexpr int kWrongCommandLine = 2;
constexpr int kRefused = 3;
constexpr int kUnreachable = 4;
constexpr int kHalfWay = 5;
constexpr int kDifferent = 6;
constexpr int kGivenUp = 7;
constexpr int kTightWindow = 8;
constexpr int kPartial = 9;
constexpr int kInterrupted = 130;

constexpr std::array kStatuses{
    ExitStatus{0, "done, and compared as asked", "is a copy", ""},
    ExitStatus{kWrongCommandLine, "the command line is wrong", "is as it was", "after correcting it"},
    ExitStatus{kRefused, "refused, or failed, before anything was touched; `plan`: a copy would be refused",
               "is as it was", "after following the hints"},
    ExitStatus{kUnreachable, "a server could not be reached, or refused the connection", "is as it was",
               "yes, if the server was only down"},
    ExitStatus{kHalfWay, "stopped half-way", "**is no copy**",
               "yes: `--resume` continues, `--confirm` starts anew"},
    ExitStatus{kDifferent, "source and target differ", "is a copy that differs", "after finding out why"},
    ExitStatus{kGivenUp,
               "`switchover`: given up before its decision; the source is open, and followed as before",
               "follows the source", "after ending what stood in the way"},
    ExitStatus{kTightWindow, "`estimate`: a copy does not fit into the window, or not for certain",
               "is as it was", "when there is less to copy, or more time"},
    ExitStatus{kPartial, "`--strict`: done, but something was left out or not compared",
               "is a copy of the rest", "after the report's `left_out` has been seen to"},
    ExitStatus{kInterrupted, "interrupted", "is as it was, or **no copy** if the copy had begun",
               "as 3 or 5"},
};

}  // namespace

std::span<const ExitStatus> exit_statuses() noexcept {
  return kStatuses;
}

int exit_status_of_tight_window() noexcept {
  return kTightWindow;
}

int exit_status_of_given_up() noexcept {
  return kGivenUp;
}

int exit_status(ErrorCode code, bool touched) noexcept {
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
