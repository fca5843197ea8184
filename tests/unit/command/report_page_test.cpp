#include "pghaul/report_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace pghaul::command {
namespace {

std::string data_of(const std::string& page) {
  const std::string opening = "<script type=\"application/json\" id=\"report\">";
  const std::size_t from = page.find(opening) + opening.size();
  return page.substr(from, page.find("</script>", from) - from);
}

TEST(ReportPageText, HoldsTheReportUnchanged) {
  const nlohmann::json report = {{"a", "</script><!-- <b> & \u2028 \u2029 \u00e9 {{report}}"}, {"b", 1.5}};
  EXPECT_EQ(nlohmann::json::parse(data_of(report_page(report.dump()))), report);
}

TEST(ReportPageText, HasNothingInItsDataThatABrowserTakesForMarkup) {
  const nlohmann::json report = {{"name", "</script><script>alert(1)</script><!--\u2028\u2029&lt;"}};
  const std::string data = data_of(report_page(report.dump()));
  for (const char* dangerous : {"<", ">", "&", "\u2028", "\u2029"}) {
    EXPECT_EQ(data.find(dangerous), std::string::npos) << dangerous;
  }
}

TEST(ReportPageText, AsksForNothingFromAnywhere) {
  const std::string page = report_page("{}");
  EXPECT_EQ(page.find("https:"), std::string::npos);
  std::size_t addresses = 0;
  for (std::size_t at = page.find("http:"); at != std::string::npos; at = page.find("http:", at + 1))
    ++addresses;
  EXPECT_EQ(addresses, 1U) << "the name of SVG's elements, which nobody fetches";
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* careless : {"innerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
    EXPECT_EQ(page.find(careless), std::string::npos) << careless;
  }
}

}  // namespace
}  // namespace pghaul::command
