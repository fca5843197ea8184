#include "documents/man_page.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pghaul/manual.h"

namespace pghaul::documents {
namespace {

std::string page_of(const std::string& verb) {
  const std::vector<command::VerbManual> verbs = command::manual();
  return man_page(pghaul(), *std::ranges::find(verbs, verb, &command::VerbManual::name));
}

TEST(ManPage, KeepsTheStarsOfPatterns) {
  EXPECT_NE(page_of("copy").find("pghaul copy \\-T 'audit.*' \\-N scratch service=old service=new\n"),
            std::string::npos);
}

TEST(ManPage, PrintsStrongEmphasisInBold) {
  const std::string page = page_of("copy");
  EXPECT_NE(page.find("the target \\fBis no copy\\fR"), std::string::npos);
  EXPECT_EQ(page.find("**"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::documents
