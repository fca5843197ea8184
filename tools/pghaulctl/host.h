#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "failure.h"
#include "host_messages.h"
#include "program.h"

namespace pghaul::platform {

/// A machine on which programs are run and files are read and replaced: this one, or another that a command
/// leads to, such as `ssh db2`. There the command runs `pghaulctl serve-host`, which speaks over its standard
/// input and output; nothing listens there.
///
/// Ownership  all of them live until the process ends; the command runs until it has been idle for 10 s.
/// Threads    one at a time.
/// Errors     PGHAUL_EXIT_UNREACHABLE: the command or the line has failed. Those of the other machine have
///            the command in front of them.
class Host {
 public:
  /// `command`  what leads there; empty: this machine.
  [[nodiscard]] static Host& reached_by(const std::string& command);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Runs a program to its end, as run_program() does.
  ///
  /// `user`  who it is run as there, if we are root there; nothing: as whoever we are.
  [[nodiscard]] Result<std::string> run(const std::vector<std::string>& argv,
                                        std::optional<uid_t> user = std::nullopt);
  [[nodiscard]] Result<bool> exists(const std::string& path);
  /// Makes an empty file, unless it is there.
  [[nodiscard]] Outcome make_file(const std::string& path);
  [[nodiscard]] Outcome remove(const std::string& path);
  [[nodiscard]] Result<std::string> user_name(uid_t user);

  /// Has a request of host_requests.h answered there.
  [[nodiscard]] Result<std::string> ask(const HostMessage& request);

 private:
  /// A far half, from its greeting on.
  struct Far;

  explicit Host(std::string command);
  [[nodiscard]] Outcome connect();
  [[nodiscard]] Failure unreachable(const std::string& why) const;
  void remember(const Failure& failure);

  std::string command_;
  std::unique_ptr<Far> far_;
  std::optional<Failure> failure_;  // of the latest attempt, for as long as there is no new one
  std::chrono::steady_clock::time_point failed_at_;
  std::chrono::steady_clock::time_point last_used_;
};

/// Splits "ssh pool1:/etc/app.env" into the command and the path; without the former the first is empty.
[[nodiscard]] std::pair<std::string, std::string> split_host(const std::string& file);

/// Returns the command that starts `pghaulctl serve-host` with these arguments.
///
/// Errors  PGHAUL_EXIT_REFUSED: an argument would have to be quoted, which a command of unknown kind does not
///         allow.
[[nodiscard]] Result<std::string> far_command(const std::string& command,
                                              const std::vector<std::string>& arguments);

}  // namespace pghaul::platform
