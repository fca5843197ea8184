#pragma once

#include <string>
#include <vector>

#include "environment.h"

namespace pghaul::documents {

/// Texts that manual pages and completions have of a command as a whole.
struct Program {
  struct ExitStatus {
    int status = 0;
    std::string meaning;
  };

  std::string name;
  std::string about;            // the line below NAME
  std::string arguments_title;  // of the section about them, such as "SOURCE AND TARGET"
  std::string arguments;
  std::vector<Variable> environment;
  std::vector<ExitStatus> exit_statuses;
  std::string see_also;  // other pages: "pg_dump(1), pg_restore(1)"
};

[[nodiscard]] const Program& pghaul();
[[nodiscard]] const Program& pghaulctl();

}  // namespace pghaul::documents
