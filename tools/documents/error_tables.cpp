#include "error_tables.h"

#include <fmt/format.h>

namespace pghaul::documents {

std::string exit_status_table() {
  std::string table = "| status | meaning | the target | again? |\n|---|---|---|---|\n";
  for (const job::ExitStatus& one : job::exit_statuses()) {
    table += fmt::format("| {} | {} | {} | {} |\n", one.status, one.meaning, one.target, one.again);
  }
  return table;
}

std::string error_code_table() {
  std::string table = "| code | name | what happened | again? | what to do |\n|---|---|---|---|---|\n";
  for (const ErrorCodeMeaning& one : error_codes()) {
    table += fmt::format("| {} | `{}` | {} | {} | {} |\n", static_cast<int>(one.code), one.name, one.meaning,
                         one.again, one.advice);
  }
  return table;
}

}  // namespace pghaul::documents
