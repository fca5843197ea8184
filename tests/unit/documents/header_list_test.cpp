#include "documents/header_list.h"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

namespace pghaul::documents {
namespace {

/// Without the breaks between its lines.
std::string unwrapped() {
  static const std::regex kBreak("\n \\* {18,}");
  return std::regex_replace(header_list(), kBreak, " ");
}

TEST(HeaderList, SaysWhatAnOptionTakesAndWhatHoldsWithoutIt) {
  const std::string text = unwrapped();
  for (const char* end : {"(default: 300). Takes a number of seconds, from 0 to a week\n",
                          "from 1 to 256, or 0 to have it chosen\n"}) {
    EXPECT_NE(text.find(end), std::string::npos) << text;
  }
}

TEST(HeaderList, FitsIntoTheHeadersLines) {
  std::istringstream lines(header_list());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with(" *")) << line;
    EXPECT_LE(line.size(), 118U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

}  // namespace
}  // namespace pghaul::documents
