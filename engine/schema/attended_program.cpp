#include "schema/attended_program.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "postgres/answers.h"

namespace pghaul::schema {
namespace {

using std::chrono::steady_clock;

/// Returns once `done` is requested, or the server has been silent for too long, which asks `program` to
/// stop.
void attend(const postgres::ConnectionString& server, const std::stop_token& done,
            std::stop_source& program) {
  const std::chrono::milliseconds interval = postgres::between_questions(server.patience());
  std::mutex mutex;
  std::condition_variable_any never;
  auto heard = steady_clock::now();
  for (;;) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, done, interval, [] { return false; });
    if (done.stop_requested()) return;
    const std::chrono::milliseconds left = std::chrono::duration_cast<std::chrono::milliseconds>(
        heard + server.patience() - steady_clock::now());
    if (left <= std::chrono::milliseconds::zero()) {
      program.request_stop();
      return;
    }
    if (postgres::answers(server, left, done)) heard = steady_clock::now();
  }
}

}  // namespace

Result<Finished> run_attended(const Program& program, const postgres::ConnectionString& server,
                              postgres::Side side, const std::stop_token& stop,
                              const std::function<void(std::string_view)>& on_error_line) {
  std::stop_source program_stop;
  const std::stop_callback stop_too(stop, [&] { program_stop.request_stop(); });
  Result<Finished> finished = [&] {
    const std::jthread attendant([&](const std::stop_token& done) { attend(server, done, program_stop); });
    return run_program(program, program_stop.get_token(), on_error_line);
  }();
  if (finished || finished.error().code != ErrorCode::interrupted || stop.stop_requested()) return finished;
  return fail(ErrorCode::connection_lost,
              fmt::format("the {} has not answered for {} s, and {} was ended", side_name(side),
                          server.patience().count(),
                          std::filesystem::path(program.arguments.front()).filename().string()));
}

}  // namespace pghaul::schema
