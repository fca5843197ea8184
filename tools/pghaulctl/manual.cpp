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
      {.name = "follow",
       .about = "make a follower of an application's live database",
       .arguments = "NAME --of APP",
       .text =
           "Makes a cluster at NAME's place, beside that of the application's live database or on another "
           "host, with its settings and access rules, copies its data by pg_basebackup, and starts it as a "
           "follower with a replication slot of its "
           "own. It "
           "is of the live one's version, whatever version NAME's place has: 'upgrade' makes it another.",
       .groups = {{kArguments, {argument("NAME", "the follower, as the application's file names it")}},
                  {"Behaviour", {option("--of", "APP", "the application whose live database it follows")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl follow WHITE --of shop", "pghaulctl wait WHITE"}},
      {.name = "unfollow",
       .about = "make a follower a database of its own",
       .arguments = "NAME",
       .text = "Ends a follower's recovery: it takes writes from then on, and can't follow again. Its leader "
               "drops the "
               "replication slot.",
       .groups = {{kArguments, {argument("NAME", "a database, as an application's file names it")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl unfollow WHITE"}},
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
               "with the login of the application's other names where it has no list of logins, or takes it "
               "away, and has PgBouncer read it.",
       .groups = {{kArguments,
                   {argument("attach|detach", "what to do", {"attach", "detach"}),
                    argument("APP", "the application"),
                    argument("POOLER", "one of its names: the file, or the file's name without .ini")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl pool attach shop pghaul"}},
      {.name = "upgrade",
       .about = "upgrade a follower to another major version, by pg_upgrade",
       .arguments = "prepare|run|dryrun|cancel|wait NAME --to VERSION",
       .text = "'prepare', days before, makes the next cluster and has pg_upgrade check the data while the "
               "server runs. "
               "'run' does the rest, which takes seconds whatever the size: the follower replays all of its "
               "leader, "
               "stops following, is stopped, converted, started and analyzed. It is refused while the leader "
               "takes "
               "writes. 'dryrun' does all of it on a throw-away follower. 'cancel' takes back what 'prepare' "
               "made, "
               "'wait' waits until it has been run.",
       .groups =
           {{kArguments,
             {argument("prepare|run|dryrun|cancel|wait", "what to do",
                       {"prepare", "run", "dryrun", "cancel", "wait"}),
              argument("NAME", "a database, as an application's file names it")}},
            {"Behaviour",
             {option("--to", "VERSION", "the major version to upgrade to (default: that of NAME's place)"),
              flag("--force", "also while the leader takes writes, which the upgraded one won't have")}},
            {kOutput, {kHelp}}},
       .examples =
           {"pghaulctl upgrade prepare WHITE --to 18", "pghaulctl upgrade dryrun WHITE --to 18",
            "pghaulctl maintenance on shop && pghaulctl upgrade run WHITE --to 18 && pghaulctl promote "
            "WHITE && pghaulctl maintenance off shop"}},
      {.name = "credentials",
       .about = "give an application another login and password, without a stop",
       .arguments = "rotate APP [WRITER]",
       .text =
           "Makes a login role with a new password for each writer that the application's names log in "
           "as, app_a and app_b in turn, and writes it into service files, files of variables and "
           "PgBouncer's databases and list of logins. What it makes belongs to the writer. The earlier login "
           "stays valid until "
           "--end-old, or until the next rotation gives it a new password. Run again after an interruption, "
           "it goes on.",
       .groups = {{kArguments,
                   {argument("rotate", "what to do", {"rotate"}), argument("APP", "the application"),
                    argument("[WRITER]",
                             "only this one of its writers; where no name logs in as it, the "
                             "new password is printed")}},
                  {"Behaviour",
                   {flag("--end-old", "rotate nothing: end the earlier logins, and their sessions"),
                    flag("--plan", "show what would be done; change nothing")}},
                  {kOutput, {kJson, kHelp}}},
       .examples = {"pghaulctl credentials rotate shop --plan", "pghaulctl credentials rotate shop",
                    "pghaulctl credentials rotate shop --end-old"}},
      {.name = "destroy",
       .about = "remove a database that nobody works with, with its cluster",
       .arguments = "NAME --confirm APP",
       .text = "Stops and removes a cluster with all its data. Refused for the live database, for one that a "
               "name points "
               "at, that has followers or replication slots, or whose cluster holds other databases.",
       .groups = {{kArguments, {argument("NAME", "a database, as an application's file names it")}},
                  {"Behaviour",
                   {option("--confirm", "APP", "the application's name: it is meant"),
                    option("--archive", "DIR", "copy it into a verified archive first")}},
                  {kOutput, {kHelp}}},
       .examples = {"pghaulctl destroy LAVENDER --confirm shop --archive /srv/archives/shop-2026"}},
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
              argument("NAME",
                       "the next of its databases; its cluster need not exist yet. After --by live also "
                       "'back': to the former one again, or 'finish': give the way back up")}},
            {"Behaviour",
             {option(
                  "--by", "WAY",
                  "how: by a copy, by a follower that pg_upgrade converts, or while the application writes, "
                  "by a follower that is converted and goes on with the changes (default: copy)",
                  {"copy", "upgrade", "live"}),
              flag("--plan", "show which steps are so already, to do, or not possible; change nothing"),
              flag("--prove", "with --by live: compare every row before the switch, while writes go on"),
              option(
                  "--slot-limit", "SIZE",
                  "with --by live: give it up before the live server keeps more WAL than this for the next "
                  "one (default: no limit)"),
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
