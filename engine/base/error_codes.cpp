#include "base/error_codes.h"

#include <array>
#include <cstddef>

namespace pghaul {
namespace {

constexpr const char* kAfterwards = "once the cause is removed";

constexpr std::array kMeanings{
    ErrorCodeMeaning{ErrorCode::ok, "ok", "success", "", ""},
    ErrorCodeMeaning{ErrorCode::usage, "usage", "an option or its value is wrong", "no",
                     "correct it: `pghaul VERB --help`, or the list in `pghaul.h`"},
    ErrorCodeMeaning{
        ErrorCode::refused, "refused",
        "a finding before anything was touched refuses it, or the target's name was not confirmed",
        kAfterwards,
        "follow the hint of each finding; `pghaul plan SOURCE TARGET` lists them without copying"},
    ErrorCodeMeaning{ErrorCode::connection_failed, "connection_failed",
                     "a server could not be reached, or refused the connection", "yes, if it was only down",
                     "check host, port, password, `pg_hba.conf`; try `psql` with the same connection string"},
    ErrorCodeMeaning{ErrorCode::connection_lost, "connection_lost", "an established connection was lost",
                     "yes",
                     "look for the cause in the server's log; `--resume` continues a copy that had begun"},
    ErrorCodeMeaning{ErrorCode::server_error, "server_error",
                     "a server refused a statement; the SQLSTATE gives the reason", kAfterwards,
                     "look the SQLSTATE up in PostgreSQL's manual, appendix A; fix the cause"},
    ErrorCodeMeaning{ErrorCode::program_missing, "program_missing",
                     "there is no pg_dump or pg_restore here that both servers accept", kAfterwards,
                     "install the package that the hint names"},
    ErrorCodeMeaning{ErrorCode::program_failed, "program_failed",
                     "pg_dump or pg_restore ended with an error, which the message quotes", kAfterwards,
                     "fix the cause"},
    ErrorCodeMeaning{ErrorCode::mismatch, "mismatch", "source and target differ",
                     "if either was written to or altered meanwhile",
                     "find out which tables differ: the report and `pghaul verify` name all of them"},
    ErrorCodeMeaning{ErrorCode::interrupted, "interrupted", "a stop was requested", "yes",
                     "`--resume` continues a copy that had begun"},
    ErrorCodeMeaning{ErrorCode::system, "system", "this machine failed: a file, a process, memory",
                     kAfterwards, "fix the cause"},
    ErrorCodeMeaning{ErrorCode::internal, "internal", "a defect of pghaul", "no",
                     "please report it, with the command and the message"},
    ErrorCodeMeaning{ErrorCode::snapshot_lost, "snapshot_lost",
                     "the source's snapshot was lost, and its data may have changed since",
                     "from the beginning", "copy everything anew: `--resume --new-snapshot`"},
};

constexpr bool are_in_order() {
  for (std::size_t place = 0; place < kMeanings.size(); ++place) {
    if (static_cast<std::size_t>(kMeanings[place].code) != place) return false;
  }
  return true;
}
static_assert(are_in_order(), "meaning_of() finds a code by its number");

}  // namespace

std::span<const ErrorCodeMeaning> error_codes() noexcept {
  return kMeanings;
}

const ErrorCodeMeaning& meaning_of(ErrorCode code) noexcept {
  return kMeanings[static_cast<std::size_t>(code)];
}

}  // namespace pghaul
