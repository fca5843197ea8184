#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// docs/fidelity.md: `database` | `piece of its file`.
TEST(FidelityTable, NamesWhatIsThere) {
  const std::string root = PGHAUL_ROOT;
  std::ifstream lines(root + "/docs/fidelity.md");
  const std::regex row(R"(^\| [^|]+ \| `(\w+)` \| `(.+)` \|$)");
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    ++rows;
    const std::string database = content_of(root + "/tests/fidelity/databases/" + found[1].str() + ".sql");
    EXPECT_NE(database.find(found[2].str()), std::string::npos) << line;
  }
  EXPECT_GT(rows, 50);
}

}  // namespace
