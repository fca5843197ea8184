#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Joins all files below, with string literals that are broken over several lines in one piece.
std::string sources_below(const std::vector<std::string>& folders) {
  std::string all;
  for (const std::string& folder : folders) {
    for (const fs::directory_entry& one : fs::recursive_directory_iterator(fs::path(PGHAUL_ROOT) / folder)) {
      if (one.path().extension() == ".cpp") all += content_of(one.path());
    }
  }
  return std::regex_replace(all, std::regex(R"("\s*\n\s*")"), "");
}

/// Splits at "…", which stands for names and numbers.
std::vector<std::string> fixed_parts(const std::string& message) {
  const std::string dots = "…";
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t at = message.find(dots); at != std::string::npos; at = message.find(dots, start)) {
    parts.push_back(message.substr(start, at - start));
    start = at + dots.size();
  }
  parts.push_back(message.substr(start));
  return parts;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Returns the items of the page's lists, each in one line.
std::vector<std::string> items_of(const fs::path& page) {
  std::vector<std::string> items;
  std::ifstream lines(page);
  bool in_item = false;
  for (std::string line; std::getline(lines, line);) {
    const bool begins = line.starts_with("- ");
    if (begins) items.emplace_back();
    in_item = begins || (in_item && line.starts_with("  "));
    if (in_item) items.back() += (begins ? "" : " ") + trimmed(line);
  }
  return items;
}

/// Tells whether the sources of tests have this one; "*" stands for any of its suite.
bool is_there(const std::string& tests, const std::string& suite, const std::string& name) {
  return tests.find("(" + suite + ", " + (name == "*" ? "" : name + ")")) != std::string::npos;
}

/// docs/trouble.md: - `message`: what to do; *test* `Suite.Test`.
TEST(TroublePage, QuotesMessagesAndTestsThatThereAre) {
  const std::string sources = sources_below({"engine", "tools"});
  const std::string tests = sources_below({"tests"});
  const std::vector<std::string> items = items_of(fs::path(PGHAUL_ROOT) / "docs/trouble.md");
  EXPECT_GT(items.size(), 25U);
  const std::regex form(R"(^- `([^`]+)`[^:]*: .+; \*test\* `(\w+)\.([^`]+)`$)");
  for (const std::string& item : items) {
    std::smatch found;
    ASSERT_TRUE(std::regex_match(item, found, form)) << item;
    const bool of_the_system = found[1] == "No space left on device";
    for (const std::string& part : fixed_parts(found[1])) {
      const std::string words = trimmed(part);
      EXPECT_TRUE(of_the_system || sources.find(words) != std::string::npos)
          << '"' << words << "\" of " << item;
    }
    EXPECT_TRUE(is_there(tests, found[2], found[3])) << found[2] << '.' << found[3];
  }
}

/// tests/live/README.md: - what may go wrong: *test* `Suite.Test`, `Suite.Test`
TEST(PageOfLiveTests, NamesTestsThatThereAre) {
  const std::string tests = sources_below({"tests"});
  const std::vector<std::string> items = items_of(fs::path(PGHAUL_ROOT) / "tests/live/README.md");
  EXPECT_GT(items.size(), 50U);
  const std::regex form(R"(`(\w+)\.(\w+|\*)`)");
  for (const std::string& item : items) {
    const std::size_t marked = item.find(": *test* `");
    ASSERT_NE(marked, std::string::npos) << item;
    for (std::sregex_iterator found(item.begin() + static_cast<std::ptrdiff_t>(marked), item.end(), form),
         end;
         found != end; ++found) {
      EXPECT_TRUE(is_there(tests, (*found)[1], (*found)[2])) << found->str();
    }
  }
}

}  // namespace
