// write_documents share FOLDER       manual pages and completions, as they are installed below share/
// write_documents docs ROOT          docs/reference.md, the lists of docs/errors.md, the options in pghaul.h
// write_documents check-docs ROOT    fails when those are not what they would be

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "completion.h"
#include "error_lists.h"
#include "header_list.h"
#include "man_page.h"
#include "pghaul/manual.h"
#include "pghaulctl/manual.h"
#include "reference.h"

namespace {

namespace fs = std::filesystem;
using namespace pghaul;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_share(const fs::path& folder, const documents::Program& program,
                 const std::vector<command::VerbManual>& verbs) {
  const fs::path man = folder / "man/man1";
  write(man / fmt::format("{}.1", program.name), documents::man_page(program, verbs));
  for (const command::VerbManual& verb : verbs)
    write(man / fmt::format("{}-{}.1", program.name, verb.name), documents::man_page(program, verb));
  write(folder / "bash-completion/completions" / program.name, documents::bash_completion(program, verbs));
  write(folder / fmt::format("zsh/_{}", program.name), documents::zsh_completion(program, verbs));
}

int write_share(const fs::path& folder) {
  write_share(folder, documents::pghaul(), command::manual());
  write_share(folder, documents::pghaulctl(), platform::manual());
  return 0;
}

/// `text` with `list` in place of the list that stands after `heading`.
std::string with_list(std::string text, const std::string& heading, const std::string& list) {
  const std::size_t section = text.find("\n" + heading + "\n");
  const std::size_t begin = section == std::string::npos ? section : text.find("\n- ", section);
  if (begin == std::string::npos) throw std::runtime_error("no list after " + heading);
  return text.replace(begin + 1, text.find("\n\n", begin) - begin, list);
}

/// `text` with `lines` between the lines of its comment that say where they begin and end.
std::string with_lines(std::string text, const std::string& lines) {
  const std::string first =
      " * -- Written by tools/update-docs from engine/discovery/option_table.cpp: change it there. --\n";
  const std::string last = " * -- Up to here. --\n";
  const std::size_t begin = text.find(first);
  const std::size_t end = text.find(last);
  if (begin == std::string::npos || end == std::string::npos)
    throw std::runtime_error("the lines around the options are missing from pghaul.h");
  return text.replace(begin + first.size(), end - begin - first.size(), lines);
}

int update_docs(const fs::path& root, bool only_check) {
  const std::string errors = "docs/errors.md";
  const std::string header = "engine/include/pghaul/pghaul.h";
  const std::pair<std::string, std::string> files[] = {
      {"docs/reference.md", documents::reference(command::manual())},
      {errors, with_list(with_list(read(root / errors), "## Exit statuses", documents::exit_status_list()),
                          "## Codes", documents::error_code_list())},
      {header, with_lines(read(root / header), documents::header_list())}};
  for (const auto& [name, text] : files) {
    if (read(root / name) == text) continue;
    if (only_check) throw std::runtime_error(fmt::format("{} is not current: run tools/update-docs", name));
    write(root / name, text);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "share") return write_share(argv[2]);
  if (what == "docs" || what == "check-docs") return update_docs(argv[2], what == "check-docs");
  fmt::print(stderr, "usage: write_documents share FOLDER, or docs|check-docs ROOT\n");
  return 2;
} catch (const std::exception& failed) {
  fmt::print(stderr, "write_documents: {}\n", failed.what());
  return 1;
}
