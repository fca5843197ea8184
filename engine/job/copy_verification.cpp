#include "job/copy.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "compare/digest_mismatches.h"
#include "discovery/source_objects.h"
#include "tasks/both_servers.h"
#include "tasks/compare_computed.h"

namespace pghaul::job {

/// Begins reading the source's other objects, for the comparison, beside the phases that need only its rows.
/// An archive holds no more than its schema.
void Copy::begin_reading_source_objects() {
  if (!found_.source_hold || work_->verify() == verify::Mode::none) return;
  source_objects_ = std::async(std::launch::async, [this]() -> Result<discovery::Objects> {
    postgres::Connection& source = found_.source_hold->connection();
    const postgres::CancelOnStop cancel_on_stop(context_.stop, source);
    return discovery::source_objects(source, found_, context_.options);
  });
}

/// Releases the source, once its rows have been read. For a record, a crash must not be able to take back
/// what was read: a crash before that ends the session that holds the snapshot.
void Copy::release_source() {
  if (source_objects_.valid()) source_objects_.wait();
  if (draft_ && found_.source_hold)
    durable_ = await_durable(*draft_, found_.source_hold->connection(), context_.stop);
  found_.source_hold.reset();
}

/// Names what the target can't be given, where no comparison shows whether it has it nevertheless.
void Copy::name_out_of_reach() {
  for (const LeftOut& one : found_.out_of_reach) {
    context_.report.left_out.push_back(one);
  }
}

Status Copy::compare() {
  if (work_->verify() == verify::Mode::none) return name_out_of_reach(), Status{};
  context_.report.verification = compare::digest_mismatches(*work_, *results_);
  const Status compared = discovery::time_phase(context_, "verify", [&] { return compare_catalogs(); });
  if (!compared) return compared;
  return compare::as_status(context_.report.verification->mismatches);
}

Status Copy::compare_catalogs() {
  const crew::Worker::Endpoints both = ends();
  using Servers = tasks::BothServers;
  Servers servers(both,
                  found_.stored ? Servers::Compared(Servers::Archive{})
                                : Servers::Compared(Servers::Gone{found_.source_state}),
                  results_->target.snapshot);
  const Status computed = tasks::compare_computed(*work_, *results_, servers, *context_.report.verification);
  if (!computed) return computed;
  if (!source_objects_.valid()) {  // an archive's
    name_out_of_reach();
    return {};
  }
  Result<discovery::Objects> of_source = source_objects_.get();
  if (!of_source) return fail(of_source.error());
  LeftOuts unreadable;
  std::future<Result<compare::Mismatches>> sequences;
  // Those of an opened target have been compared before, and have changed since; so have those of a source
  // that is written to, unless this run has set them.
  const bool sequences_changed = opens_early() || (changes_ && results_->sequences.empty());
  if (!sequences_changed) {
    sequences = std::async(std::launch::async, [&] {
      return compare::sequence_mismatches(results_->sequences, found_, unreadable, context_.stop);
    });
  }
  std::vector<Result<compare::Mismatches>> different;
  different.push_back(compare::object_mismatches(std::move(*of_source), found_, context_.options,
                                                 context_.report, context_.stop));
  if (sequences.valid()) different.push_back(sequences.get());
  std::ranges::move(unreadable, std::back_inserter(context_.report.left_out));
  for (Result<compare::Mismatches>& one : different) {
    if (!one) return fail(one.error());
    compare::add(std::move(*one), *context_.report.verification);
  }
  return {};
}

}  // namespace pghaul::job
