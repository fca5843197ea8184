// write_documents share FOLDER         manual pages and completions, as they are installed below share/
// write_documents docs FOLDER          docs/reference.md, and the tables of docs/errors.md
// write_documents check-docs FOLDER    fails when those are not what they would be

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "completion.h"
#include "error_tables.h"
#include "man_page.h"
#include "pghaul/manual.h"
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

void write_share(const fs::path& folder) {
  const auto verbs = command::manual();
  const fs::path man = folder / "man/man1";
  write(man / "pghaul.1", documents::man_page(verbs));
  for (const command::VerbManual& verb : verbs) {
    write(man / fmt::format("pghaul-{}.1", verb.name), documents::man_page(verb));
  }
  write(folder / "bash-completion/completions/pghaul", documents::bash_completion(verbs));
  write(folder / "zsh/_pghaul", documents::zsh_completion(verbs));
}

/// `text` with `table` in place of the table that stands after `heading`.
std::string with_table(std::string text, const std::string& heading, const std::string& table) {
  const std::size_t section = text.find("\n" + heading + "\n");
  const std::size_t begin = section == std::string::npos ? section : text.find("\n|", section);
  if (begin == std::string::npos) throw std::runtime_error("no table after " + heading);
  return text.replace(begin + 1, text.find("\n\n", begin) - begin, table);
}

int update_docs(const fs::path& folder, bool only_check) {
  const std::string errors =
      with_table(with_table(read(folder / "errors.md"), "## Exit statuses", documents::exit_status_table()),
                 "## Codes", documents::error_code_table());
  const std::pair<const char*, std::string> files[] = {
      {"reference.md", documents::reference(command::manual())}, {"errors.md", errors}};
  for (const auto& [name, text] : files) {
    if (read(folder / name) == text) continue;
    if (only_check)
      throw std::runtime_error(fmt::format("docs/{} is not current: run tools/update-docs", name));
    write(folder / name, text);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "share") return write_share(argv[2]), 0;
  if (what == "docs" || what == "check-docs") return update_docs(argv[2], what == "check-docs");
  fmt::print(stderr, "usage: write_documents share|docs|check-docs FOLDER\n");
  return 2;
} catch (const std::exception& failed) {
  fmt::print(stderr, "write_documents: {}\n", failed.what());
  return 1;
}
