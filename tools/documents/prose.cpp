#include "prose.h"

#include <fmt/format.h>

#include "pghaul/columns.h"

namespace pghaul::documents {
namespace {

constexpr std::size_t kColumns = 120;

}  // namespace

std::string paragraph(const std::string& text) {
  return fmt::format("{}\n", fmt::join(command::wrap(text, kColumns), "\n"));
}

std::string list_item(const std::string& text) {
  return fmt::format("- {}\n", fmt::join(command::wrap(text, kColumns - 2), "\n  "));
}

}  // namespace pghaul::documents
