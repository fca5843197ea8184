#include "job/switchover_hook.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/wait_for.h"
#include "process/run_program.h"

namespace pghaul::job {
namespace {

void describe(const std::string& prefix, const postgres::Connection& server,
              std::map<std::string, std::string>& environment) {
  const std::map<std::string, std::string> keywords = server.effective().keywords();
  const auto value = [&](const char* name) {
    const auto found = keywords.find(name);
    return found == keywords.end() ? std::string() : found->second;
  };
  environment[prefix + "HOST"] = value("host");
  environment[prefix + "PORT"] = value("port");
  environment[prefix + "DATABASE"] = server.database();
}

}  // namespace

Status run_hook(const std::string& command, const std::string& state, const postgres::Connection& old_server,
                const postgres::Connection& new_server, std::chrono::milliseconds limit,
                const std::stop_token& stop) {
  process::Program program{
      .arguments = {"/bin/sh", "-c", command}, .environment = {{"PGHAUL_STATE", state}}, .descriptors = {}};
  describe("PGHAUL_OLD_", old_server, program.environment);
  describe("PGHAUL_NEW_", new_server, program.environment);
  std::stop_source end;
  std::atomic<bool> late = false;
  const std::stop_callback stopped(stop, [&] { end.request_stop(); });
  std::jthread timer([&](const std::stop_token& over) {
    if (!wait_for(limit, over)) return;
    late = true;
    end.request_stop();
  });
  const Result<process::Finished> finished = process::run_program(program, end.get_token());
  timer.request_stop();
  timer.join();
  if (late) {
    return fail(ErrorCode::program_failed,
                fmt::format("the command has not ended within {:.1f} s: {}",
                            std::chrono::duration<double>(limit).count(), command));
  }
  if (!finished) return fail(finished.error());
  if (finished->exit_status == 0) return {};
  return fail(ErrorCode::program_failed,
              fmt::format("the command ended with status {}: {}{}{}", finished->exit_status, command,
                          finished->err.empty() ? "" : ": ", finished->err));
}

}  // namespace pghaul::job
