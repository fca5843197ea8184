#pragma once

#include <map>
#include <string>
#include <vector>

namespace pghaul::process {

/// The arguments of exec, made before fork, as nothing may be allocated after it.
class ProgramImage {
 public:
  /// The first of `arguments` is the program's path. Its environment is ours and `added`, without our PG*
  /// variables: these could contradict the program's arguments, and PGPASSWORD, PGHAUL_SOURCE hold secrets.
  explicit ProgramImage(std::vector<std::string> arguments,
                        const std::map<std::string, std::string>& added = {});

  /// Has the calling process become the program. Comes back, with errno set, where that fails.
  void become() const noexcept;

 private:
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  std::vector<char*> argument_pointers_;
  std::vector<char*> environment_pointers_;
};

}  // namespace pghaul::process
