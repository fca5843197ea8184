#include "verbs.h"

namespace pghaul::command {
namespace {

constexpr std::array<VerbText, 10> kVerbs{
    VerbText{
        .verb = Verb::copy,
        .name = "copy",
        .about = "copy a database, verify the copy, report",
        .arguments = "SOURCE TARGET",
        .description =
            "Copies a database to another server: schema, rows, large objects, indexes and constraints; then "
            "reads the target back and compares it with the source.",
        .target = "the database to fill, or archive:DIR to write a folder (default: $PGHAUL_TARGET)",
        .examples = R"(pghaul copy postgres://app@db1/shop postgres://app@db2/shop
pghaul copy -j 8 --no-owner --no-acl service=old service=new
pghaul copy --confirm shop --report run.html service=old service=new
pghaul copy -T 'audit.*' -N scratch service=old service=new
pghaul copy service=old archive:/backup/shop
pghaul copy archive:/backup/shop service=new
pghaul copy -n app -T 'app.audit*' archive:/backup/shop service=new
pghaul copy --source-via 'ssh db1 pghaul' dbname=shop service=new
pghaul copy --resume service=old service=new
pghaul copy --rehearse service=old service=new
pghaul copy --discard service=old
pghaul copy --all-databases service=old service=new
pghaul copy --follow service=old service=new
pghaul copy --follow --resume service=old service=new
)"},
    VerbText{
        .verb = Verb::verify,
        .name = "verify",
        .about = "compare two databases: row counts and contents",
        .arguments = "SOURCE TARGET",
        .description =
            "Compares two databases, whoever made the copy: the rows of every table are counted and their "
            "contents compared; what only one side has is named. Changes nothing.",
        .target = "the database to compare it with (default: $PGHAUL_TARGET); an archive without one is "
                  "checked by itself",
        .examples = R"(pghaul verify service=old service=new
pghaul verify -n public --json service=old service=new
pghaul verify --indexes service=old service=new
pghaul verify archive:/backup/shop service=new
pghaul verify archive:/backup/shop
)"},
    VerbText{.verb = Verb::sync,
             .name = "sync",
             .about = "bring an older copy up to date: write only the rows that differ",
             .arguments = "SOURCE TARGET",
             .description = "Makes the target, which holds an older copy of the same definitions, whoever "
                            "made it, equal to the "
                            "source: deletes, replaces and inserts only rows that differ, and compares what "
                            "it has written. The "
                            "source is only read. Refuses where definitions differ.",
             .target = "the database to bring up to date (default: $PGHAUL_TARGET)",
             .examples = R"(pghaul sync --plan service=old service=new
pghaul sync --confirm shop service=old service=new
)"},
    VerbText{
        .verb = Verb::plan,
        .name = "plan",
        .about = "show what a copy would do and what stands in its way; touch nothing",
        .arguments = "SOURCE [TARGET]",
        .description =
            "Shows what a copy would do: which tables in what format and in how many parts, how long that "
            "takes, and what stands in its way. Changes nothing.",
        .target = "the database it would be copied to, or archive:DIR (default: $PGHAUL_TARGET)",
        .examples = R"(pghaul plan postgres://app@db1/shop
pghaul plan --json service=old service=new
pghaul plan --follow service=old service=new
)"},
    VerbText{
        .verb = Verb::estimate,
        .name = "estimate",
        .about = "estimate how long a copy takes, from a sample of it",
        .arguments = "SOURCE [TARGET]",
        .description =
            "Estimates how long writes would have to stop. Reads a few megabytes of the source; with "
            "a "
            "target, copies them into a schema pghaul_scratch there, builds their indexes, and drops it. The "
            "target may hold data. Of an archive that would be written: how long that takes, how large it "
            "would be, and whether the disk has room.",
        .target = "the server it would be copied to, or archive:DIR (default: $PGHAUL_TARGET; without, from "
                  "shipped "
                  "figures)",
        .examples = R"(pghaul estimate service=old service=new
pghaul estimate --window 20m --jobs 1,2,4,8 service=old service=new
pghaul estimate --grow 30% postgres://app@db1/shop
pghaul estimate archive:/backup/shop service=new
pghaul estimate --compress 9 service=old archive:/backup/shop
)"},
    VerbText{
        .verb = Verb::status,
        .name = "status",
        .about = "show how a live copy stands",
        .arguments = "TARGET",
        .description =
            "Shows how the live copy into a database stands, which 'pghaul copy --follow' makes on whatever "
            "machine: how far it lags behind the source, how fast it applies changes, and how much the "
            "source "
            "keeps for it. Changes nothing.",
        .target = "the database that is kept up to date (default: $PGHAUL_TARGET)",
        .examples = R"(pghaul status service=new
pghaul status --watch service=new
pghaul status --json service=new | jq .live.lag_seconds
)"},
    VerbText{
        .verb = Verb::switchover,
        .name = "switchover",
        .about = "move the application to the target of a live copy",
        .arguments = "SOURCE TARGET",
        .description =
            "Moves an application to the target of a live copy, which 'pghaul copy --follow' keeps up to "
            "date: "
            "makes writers wait, lets the target receive the last change, sets its sequences, and closes the "
            "source, where every write is refused from then on. Until then nothing is decided: what fails "
            "leaves "
            "the source open. Compares every row afterwards.",
        .target = "the database that is kept up to date, and is written to from then on (default: "
                  "$PGHAUL_TARGET)",
        .examples = R"(pghaul switchover --rehearse service=old service=new
pghaul switchover service=old service=new
pghaul switchover --confirm shop --at-most 1s --attempts 20 service=old service=new
pghaul switchover --back service=old service=new
)"},
    VerbText{
        .verb = Verb::finish,
        .name = "finish",
        .about = "end a live copy after its switchover",
        .arguments = "SOURCE TARGET",
        .description =
            "Ends a live copy after its switchover: gives the way back up, and removes everything of pghaul's "
            "from both servers. The one that was closed stays so in another way: its database is set to "
            "default_transaction_read_only, and its sessions are ended; a session can still ask for writes. Stop "
            "the pghaul that follows first.",
        .target = "the database that the live copy was made into (default: $PGHAUL_TARGET)",
        .examples = R"(pghaul finish service=old service=new
pghaul finish --open-old service=old service=new
)"},
    VerbText{
        .verb = Verb::abandon,
        .name = "abandon",
        .about = "give up a copy that ended half-way, or a live copy",
        .arguments = "[SOURCE] TARGET",
        .description =
            "Gives up a copy that ended half-way: removes its journal from the target, so that it can't be "
            "resumed, and says what is left there. A live copy also keeps a replication slot, a publication "
            "and "
            "a schema on the source: with SOURCE these are removed, too, even if the target is lost. Touches "
            "nothing else.",
        .target = "the database that was to be filled (default: $PGHAUL_TARGET)",
        .examples = R"(pghaul abandon service=new
pghaul abandon service=old service=new
)"},
    VerbText{
        .verb = Verb::history,
        .name = "history",
        .about = "list past copies",
        .arguments = "",
        .description =
            "Lists the copies that this user has made on this machine, the latest first: when, what came of "
            "it, how long it took, the size of the source on disk, and seconds per GB of that. They are kept "
            "in $XDG_STATE_HOME/pghaul (by default ~/.local/state/pghaul), without connection strings, the "
            "last few hundred of them.",
        .target = nullptr,
        .examples = R"(pghaul history
pghaul history --json | jq -r '.[] | select(.status != "verified") | .id'
)"}};

}  // namespace

const std::array<VerbText, 10>& verbs() {
  return kVerbs;
}

std::string list_of_verbs() {
  std::string list;
  for (const VerbText& verb : kVerbs) {
    if (!list.empty()) list += &verb == &kVerbs.back() ? " or " : ", ";
    list += verb.name;
  }
  return list;
}

}  // namespace pghaul::command
