#include "error_lists.h"

#include <fmt/format.h>

#include "prose.h"

namespace pghaul::documents {

std::string exit_status_list() {
  std::string list;
  for (const job::ExitStatus& one : job::exit_statuses()) {
    std::string text = fmt::format("**{}**: {}. The target {}", one.status, one.meaning, one.target);
    if (*one.again != '\0') text += fmt::format("; again: {}", one.again);
    list += list_item(text + ".");
  }
  return list;
}

std::string error_code_list() {
  std::string list;
  for (const ErrorCodeMeaning& one : error_codes()) {
    std::string text = fmt::format("**{}** `{}`: {}", static_cast<int>(one.code), one.name, one.meaning);
    if (*one.again != '\0') text += fmt::format(". Again: {}. What to do: {}", one.again, one.advice);
    list += list_item(text + ".");
  }
  return list;
}

}  // namespace pghaul::documents
