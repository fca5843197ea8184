#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <exception>
#include <string>
#include <vector>

#include "output.h"
#include "pghaul/signals.h"
#include "request.h"
#include "serve_host.h"
#include "verbs.h"

namespace {

using namespace pghaul::platform;

struct Verb {
  const char* name;
  Outcome (*run)(const Request& request);
};
constexpr std::array kVerbs{Verb{"info", info},
                            Verb{"wait", wait},
                            Verb{"follow", follow},
                            Verb{"unfollow", unfollow},
                            Verb{"maintenance", maintenance},
                            Verb{"promote", promote},
                            Verb{"pool", pool},
                            Verb{"upgrade", upgrade},
                            Verb{"credentials", credentials},
                            Verb{"destroy", destroy},
                            Verb{"changeover", changeover}};

int run(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "serve-host") return serve_host({argv + 2, argv + argc});
  const auto asked = parse({argv + 1, argv + argc});
  if (!asked) {
    show(asked.error());
    return asked.error().status;
  }
  if (const auto* text = std::get_if<Text>(&*asked)) {
    say(text->text);
    return PGHAUL_EXIT_DONE;
  }
  const Request& request = std::get<Request>(*asked);
  const Outcome done = std::ranges::find(kVerbs, request.verb, &Verb::name)->run(request);
  if (done) return PGHAUL_EXIT_DONE;
  show(done.error());
  return done.error().status;
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  pghaul::command::survive_closed_pipes();
  pghaul::command::hear_of_children();
  try {
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    show({PGHAUL_EXIT_REFUSED, fmt::format("unexpected: {}", thrown.what()), {}});
    return PGHAUL_EXIT_REFUSED;
  }
}
