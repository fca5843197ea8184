#include "job/whole_server.h"

#include <algorithm>
#include <string>

#include "journal/journal.h"

namespace pghaul::job {

using discovery::Options;
using discovery::Verb;
using postgres::Connection;
using postgres::Side;

Status WholeServer::run_verb(Run& run) {
  if (verb_ == Verb::copy) return copy(run);
  Result<Options> options = options_for(run);
  if (!options) return fail(options.error());
  if (verb_ == Verb::plan && !is_on_target(run)) options->target.clear();
  return perform(run, verb_, *options);
}

/// Copies, or with --resume goes on with what earlier runs have begun. A database that one of them has
/// completed has no journal any more: it is compared.
Status WholeServer::copy(Run& run) {
  Result<Options> options = options_for(run);
  if (!options) return fail(options.error());
  if (!options->resume) return perform(run, Verb::copy, *options);
  const Result<bool> begun = is_on_target(run) ? has_journal(*options) : Result<bool>(false);
  if (!begun) return fail(begun.error());
  options->resume = *begun;
  if (!*begun) options->confirm.clear();  // what an earlier run has completed is compared, not dropped
  Status copied = perform(run, Verb::copy, *options);
  const bool holds_something = std::ranges::any_of(run.job->findings(), [](const auto& finding) {
    return finding.code == "target_not_empty" || finding.code == "rows_on_target";
  });
  if (copied || *begun || !holds_something) return copied;
  if (options->verify == verify::Mode::none) options->verify = verify::Mode::counts;
  return perform(run, Verb::verify, *options);
}

Result<bool> WholeServer::has_journal(const Options& options) const {
  const Result<discovery::Endpoint> end = discovery::direct_endpoint(options.target, Side::target, options);
  if (!end) return fail(end.error());
  Result<Connection> target = Connection::open(end->server, Side::target, {}, context_.stop);
  if (!target) return fail(target.error());
  const Result<std::optional<journal::Journal>> found = journal::Journal::find(*target);
  if (!found) return fail(found.error());
  return found->has_value();
}

Status WholeServer::perform(Run& run, Verb verb, const Options& options) {
  Job& job = *run.job;
  job.options = options;
  if (!context_.events.unheard()) {
    job.listener = [this, &run](const std::string& event) { events_.take(run.database.name, event); };
  }
  if (verb == Verb::copy) return job.copy();
  return verb == Verb::verify ? job.verify() : job.plan();
}

/// Returns the options of a run for this database alone.
Result<Options> WholeServer::options_for(const Run& run) const {
  Options options = context_.options;
  for (std::string Options::*end : {&Options::source, &Options::target}) {
    const Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(options.*end);
    if (!server) return fail(server.error());
    options.*end = server->with_database(run.database.name).text();
  }
  options.all_databases = false;
  options.jobs = run.workers;
  options.create = verb_ == Verb::copy;
  options.roles = verb_ == Verb::plan && makes_roles();  // of a copy they have been made
  return options;
}

}  // namespace pghaul::job
