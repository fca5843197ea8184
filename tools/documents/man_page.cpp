#include "man_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "measure/version.h"

namespace pghaul::documents {
namespace {

using command::VerbManual;

/// Escapes a text so that roff prints it unchanged; `code` and **strong emphasis** of Markdown in bold. A
/// single * is itself, as in patterns.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  const auto toggle_bold = [&] {
    bold = !bold;
    out += bold ? "\\fB" : "\\fR";
  };
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '`') {
      toggle_bold();
    } else if (text.substr(at).starts_with("**")) {
      toggle_bold();
      ++at;
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string heading(const std::string& page) {
  return fmt::format(".TH {} 1 \"\" \"pghaul {}\" \"pghaul\"\n", upper(roff(page)), measure::kVersion);
}

std::string entry(const std::string& bold, const std::string& italic, const std::string& text) {
  std::string tag = bold.empty() ? "" : "\\fB" + roff(bold) + "\\fR";
  if (!italic.empty()) tag += (tag.empty() ? "\\fI" : " \\fI") + roff(italic) + "\\fR";
  return fmt::format(".TP\n{}\n{}\n", tag, roff(text));
}

std::string options(const VerbManual& verb) {
  std::string page;
  for (const VerbManual::Group& group : verb.groups) {
    page += fmt::format(".SS {}\n", roff(group.title));
    for (const VerbManual::Option& option : group.options) {
      page += entry(fmt::format("{}", fmt::join(option.names, ", ")), option.value, option.text);
    }
  }
  return page;
}

std::string environment(const Program& program) {
  std::string page = ".SH ENVIRONMENT\n";
  for (const Variable& variable : program.environment) page += entry(variable.name, {}, variable.text);
  return page;
}

std::string exit_status(const Program& program) {
  std::string page = ".SH EXIT STATUS\n";
  for (const Program::ExitStatus& one : program.exit_statuses)
    page += entry(std::to_string(one.status), {}, one.meaning);
  return page;
}

}  // namespace

std::string man_page(const Program& program, const std::vector<VerbManual>& verbs) {
  std::string page = heading(program.name) +
                     fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n", program.name, roff(program.about));
  for (const VerbManual& verb : verbs) {
    page += fmt::format("\\fB{} {}\\fR [\\fIOPTION\\fR...] \\fI{}\\fR\n.br\n", program.name, verb.name,
                        verb.arguments);
  }
  page += ".SH VERBS\n";
  for (const VerbManual& verb : verbs)
    page += entry(verb.name, {}, verb.about + fmt::format("; see `{}-{}`(1)", program.name, verb.name));
  page += fmt::format(".SH {}\n{}\n", program.arguments_title, roff(program.arguments));
  return page + environment(program) + exit_status(program);
}

std::string man_page(const Program& program, const VerbManual& verb) {
  std::string page = heading(program.name + "-" + verb.name);
  page += fmt::format(".SH NAME\n{}\\-{} \\- {}\n", program.name, verb.name, roff(verb.about));
  page += fmt::format(".SH SYNOPSIS\n\\fB{} {}\\fR [\\fIOPTION\\fR...] \\fI{}\\fR\n", program.name, verb.name,
                      verb.arguments);
  page += fmt::format(".SH DESCRIPTION\n{}\n.SH OPTIONS\n{}", roff(verb.text), options(verb));
  page += environment(program) + exit_status(program) + ".SH EXAMPLES\n.nf\n";
  for (const std::string& example : verb.examples) page += roff(example) + "\n";
  return page + fmt::format(".fi\n.SH SEE ALSO\n\\fB{}\\fR(1), {}\n", program.name, roff(program.see_also));
}

}  // namespace pghaul::documents
