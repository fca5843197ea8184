#include "discovery/job_identity.h"

#include <fmt/format.h>

#include "journal/plan_sizes.h"
#include "measure/clock.h"
#include "measure/version.h"
#include "verify/fingerprint.h"

namespace pghaul::discovery {
namespace {

constexpr const char* kStartAnew = "run it as it was, or start anew: pghaul copy --confirm";

/// Hashes everything that would make the restored schema differ from the source's.
std::string definitions_of(const Discovery& found) {
  std::string text = found.stored ? found.stored->identity() : found.source_hold->fingerprint();
  const auto out = std::back_inserter(text);
  for (const schema::Entry& entry : found.archive->entries()) {
    fmt::format_to(out, "\n{} {} {}", entry.kind, entry.oid, entry.text);
  }
  for (const catalog::IndexInfo& index : found.source.indexes) {
    fmt::format_to(out, "\n{} {}", index.oid, index.definition);
  }
  for (const catalog::Constraint& constraint : found.source.constraints) {
    fmt::format_to(out, "\n{} {}", constraint.oid, constraint.definition);
  }
  return verify::fingerprint(text);
}

std::string plan_of(const plan::Plan& plan) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const plan::Task& task : plan.graph.tasks) {
    fmt::format_to(out, "{} {} {} {}/{} [", static_cast<int>(task.kind), task.pages.first, task.pages.end,
                   task.part, task.parts);
    for (const catalog::Place object : task.objects) fmt::format_to(out, "{} ", object);
    text += "] [";
    for (const plan::TaskId before : task.after) fmt::format_to(out, "{} ", before);
    text += "]\n";
  }
  for (const plan::TablePlan& table : plan.tables) {
    fmt::format_to(out, "{} {} {} {}\n", table.relation, table.format.binary, table.chunks, table.tree);
  }
  return verify::fingerprint(text);
}

Status different(const std::string& what) {
  return fail(ErrorCode::refused, "this is not the copy in the target's journal: " + what, kStartAnew);
}

}  // namespace

std::string identity_of(const catalog::Server& server) {
  return fmt::format("{}/{}", server.system_identifier, server.database_oid);
}

journal::Journal::Header header_of(const Discovery& found, const Options& options) {
  journal::Journal::Header header;
  header.version = measure::kVersion;
  header.started = measure::utc_now();
  header.source = identity_of(found.source.server);
  header.source_description = found.source_description;
  header.source_state = found.source_state;
  header.options = options.identity();
  header.definitions = definitions_of(found);
  header.sizes = journal::sizes_as_text(found.source, found.plan_options.lines);
  header.plan = plan_of(found.plan);
  header.jobs = found.plan.jobs;
  header.split = found.plan.split;
  return header;
}

Status same_source_and_options(const journal::Journal::Header& then, const Discovery& found,
                               const Options& options) {
  if (then.source != identity_of(found.source.server)) {
    return different(fmt::format("its source was {}, another database than {}", then.source_description,
                                 found.source_description));
  }
  const std::map<std::string, std::string> defaults = Options().identity();  // of options that came later
  for (const auto& [name, value] : options.identity()) {
    const auto before = then.options.find(name);
    const std::string was = before == then.options.end() ? defaults.at(name) : before->second;
    if (was != value) return different(fmt::format("--{} was '{}' then and is '{}' now", name, was, value));
  }
  return {};
}

Status same_job(const journal::Journal::Header& then, const journal::Journal::Header& now) {
  if (then.definitions != now.definitions) {
    return different("tables or other objects of the source have been altered since");
  }
  if (then.version != now.version) {
    return different(fmt::format("it was begun by pghaul {}, this is {}", then.version, now.version));
  }
  if (then.plan != now.plan) {
    return different("the plan has changed, because the target has");
  }
  return {};
}

}  // namespace pghaul::discovery
