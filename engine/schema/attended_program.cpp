#include "schema/attended_program.h"

#include <filesystem>
#include <utility>

#include "postgres/liveness_check.h"

namespace pghaul::schema {

Result<process::Finished> run_attended(const process::Program& program,
                                       const postgres::ConnectionString& server, postgres::Side side,
                                       const std::stop_token& stop,
                                       const std::function<void(std::string_view)>& on_error_line) {
  process::Finished finished;
  const std::string name = std::filesystem::path(program.arguments.front()).filename().string();
  const Status done =
      postgres::with_liveness_check(server, side, stop, name, [&](const std::stop_token& given_up) -> Status {
        Result<process::Finished> ended = process::run_program(program, given_up, on_error_line);
        if (!ended) return fail(ended.error());
        finished = std::move(*ended);
        return {};
      });
  if (!done) return fail(done.error());
  return finished;
}

}  // namespace pghaul::schema
