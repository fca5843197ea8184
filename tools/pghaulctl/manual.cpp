#include "manual.h"

namespace pghaul::platform {
namespace {

using command::VerbManual;
using Option = VerbManual::Option;

constexpr const char* kArguments = "Arguments";
constexpr const char* kOutput = "Output";

Option argument(const char* name, const char* text, std::vector<std::string> choices = {}) {
  return {.names = {}, .value = name, .text = text, .choices = std::move(choices)};
}
Option flag(const char* name, const char* text) {
  return {.names = {name}, .value = "", .text = text, .choices = {}};
}
Option option(const char* name, const char* value, const char* text, std::vector<std::string> choices = {}) {
  return {.names = {name}, .value = value, .text = text, .choices = std::move(choices)};
}

const Option kJson = flag("--json", "print JSON instead of text");
const Option kHelp{.names = {"-h", "--help"}, .value = "", .text = "show this help", .choices = {}};

}  // namespace

const std::vector<VerbManual>& manual() {
  static const std::vector<VerbManual> kVerbs{
      {.name = "info",
       .about = "show an application's databases as they are right now",
       .arguments = "[APP]",
       .text = "Shows each database of an application, or of all: status, version, size, connections, who "
               "follows whom "
               "and how far behind, and whether maintenance keeps the application from writing.",
       .groups = {{kArguments,
                   {argument("[APP]", "the application: a file of /etc/pghaul/apps without .toml")}},
                  {kOutput, {kJson, kHelp}}},
       .examples = {"pghaulctl info", "pghaulctl info shop --json"}},
      {.name = "wait",
       .about = "wait until a database is available, and a follower has caught up",
       .arguments = "NAME",
       .text =
           "Waits until a database is available and, if it follows another, at most 200 commits behind. "
           "Silent when "
           "it is so already. Ends with status 1 when waiting is of no use: the server is down or missing.",
       .groups = {{kArguments, {argument("NAME", "a database, as an application's file names it")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl wait WHITE"}},
      {.name = "maintenance",
       .about = "keep an application from writing, and prove that nobody writes",
       .arguments = "[on|off] APP",
       .text = "'on' takes the login of the application's writers, ends their sessions, and proves that "
               "nobody writes: "
               "two equal write states of the server with no session of the writers between. 'off' gives "
               "back exactly "
               "what 'on' took. With neither, says which it is.",
       .groups = {{kArguments,
                   {argument("[on|off]", "what to do; none: say which it is", {"on", "off"}),
                    argument("APP", "the application")}},
                  {"Behaviour",
                   {option("--within", "SECONDS",
                           "give up when the proof takes longer (default: 10); the "
                           "writers stay without a login")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl maintenance on shop", "pghaulctl maintenance off shop",
                    "pghaulctl maintenance shop"}},
      {.name = "promote",
       .about = "make an application work with another of its databases",
       .arguments = "NAME",
       .text = "Makes everything in the application's 'names' point at another of its databases: a section "
               "of a service "
               "file, a variable of a file, PgBouncer's database, what a hook does. A follower first replays "
               "all that its "
               "leader has written, and ends its recovery. Refused while the live database takes writes.",
       .groups = {{kArguments, {argument("NAME", "a database, as an application's file names it")}},
                  {"Behaviour",
                   {flag("--force",
                         "also while the live database takes writes, which are not on the other then")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl promote WHITE"}},
      {.name = "pool",
       .about = "put a database into a PgBouncer, or take it out",
       .arguments = "attach|detach APP POOLER",
       .text = "Writes the line of an application's live database into a file that pgbouncer.ini includes, "
               "or takes it "
               "away, and has PgBouncer read it.",
       .groups = {{kArguments,
                   {argument("attach|detach", "what to do", {"attach", "detach"}),
                    argument("APP", "the application"),
                    argument("POOLER", "one of its names: the file, or the file's name without .ini")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl pool attach shop pghaul"}},
      {.name = "changeover",
       .about = "move an application to another cluster, of another version if wanted",
       .arguments = "APP NAME",
       .text = "Makes the cluster, carries roles and settings, forecasts the pause; then keeps the "
               "application from "
               "writing, copies the database with verification, makes its names point at the copy, and lets "
               "it write "
               "again. Run again after an interruption, it goes on.",
       .groups =
           {{kArguments,
             {argument("APP", "the application"),
              argument("NAME", "the next of its databases; its cluster need not exist yet")}},
            {"Behaviour",
             {option("--by", "WAY", "how: by a copy (default: copy)", {"copy"}),
              flag("--plan", "show which steps are so already, to do, or not possible; change nothing"),
              option("--to", "VERSION", "refuse a NAME of another major version than this"),
              option(
                  "--within", "SECONDS",
                  "give up before the pause if its forecast is longer, and within it when it takes longer")}},
            {kOutput, {flag("--json", "with --plan: print JSON instead of text"), kHelp}}},
       .examples = {"pghaulctl changeover shop WHITE --plan",
                    "pghaulctl changeover shop WHITE --by copy --within 600"}},
  };
  return kVerbs;
}

}  // namespace pghaul::platform
