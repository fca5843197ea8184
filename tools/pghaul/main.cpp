#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "error_text.h"
#include "history.h"
#include "job.h"
#include "options.h"
#include "output.h"
#include "run.h"
#include "secrets.h"
#include "serve_link.h"
#include "signals.h"
#include "style.h"

namespace {

using namespace pghaul::command;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int show(std::string_view text) {
  return write_fully(STDOUT_FILENO, text) ? 0 : 5;
}

std::string history(const Options& options) {
  const std::vector<PastCopy> copies = History(History::usual_folder()).read();
  if (!options.json) return history_text(copies, style_of(STDOUT_FILENO));
  nlohmann::json all = nlohmann::json::array();
  for (const PastCopy& copy : copies) all.push_back(as_json(copy));
  return all.dump(2) + "\n";
}

int command(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (arguments == std::vector<std::string>{"serve-link"}) return serve_link();
  for (int i = 1; i < argc; ++i) hide_secrets(argv[i]);
  const auto asked = parse_command_line(
      arguments, {.source = variable("PGHAUL_SOURCE"), .target = variable("PGHAUL_TARGET")});
  if (!asked) return refuse(asked.error());
  if (const auto* help = std::get_if<HelpAsked>(&*asked)) return show(help->text);
  if (std::holds_alternative<VersionAsked>(*asked)) return show("pghaul " + engine_version() + "\n");
  const Options& options = std::get<Options>(*asked);
  return options.verb == Verb::history ? show(history(options)) : run(options);
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  survive_closed_pipes();
  hear_of_children();
  try {
    return command(argc, argv);
  } catch (const std::exception& thrown) {
    constexpr int kNothingTouched = 3;
    write_fully(STDERR_FILENO, text_of_exception(thrown, style_of(STDERR_FILENO)) + "\n");
    return kNothingTouched;
  }
}
