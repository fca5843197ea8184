#include "report_page.h"

#include "page.h"

namespace pghaul::command {

namespace {

/// Changes JSON so that it parses to the same, but neither ends a script element nor begins a comment.
/// Outside of its strings JSON has none of these characters.
std::string inert(std::string_view report) {
  std::string out;
  out.reserve(report.size());
  for (std::size_t at = 0; at < report.size(); ++at) {
    const std::string_view rest = report.substr(at);
    if (report[at] == '<') {
      out += "\\u003c";
    } else if (report[at] == '>') {
      out += "\\u003e";
    } else if (report[at] == '&') {
      out += "\\u0026";
    } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
      out += rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      out += report[at];
    }
  }
  return out;
}

}  // namespace

std::string report_page(std::string_view report) {
  constexpr std::string_view kPlace = "{{report}}";
  std::string page = kPage;
  page.replace(page.find(kPlace), kPlace.size(), inert(report));
  return page;
}

}  // namespace pghaul::command
