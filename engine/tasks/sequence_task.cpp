#include <utility>

#include "catalog/read_catalog.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/finish.h"
#include "tasks/tasks.h"

namespace pghaul::tasks {
namespace {

/// Sequences are outside of transactions: their values are read now, and are the snapshot's or later.
Result<std::vector<catalog::Sequence>> read_sequences(crew::Worker& worker, const Run& run) {
  std::vector<catalog::Sequence> sequences = run.source->sequences;
  if (run.stored != nullptr) return sequences;  // the archive's catalog has them
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Status read = catalog::read_sequences(**source, sequences);
  if (!read) return read.error().during("cannot read the sequences");
  return sequences;
}

}  // namespace

Status copy_sequences(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  Result<std::vector<catalog::Sequence>> sequences = read_sequences(worker, run);
  if (!sequences) return fail(sequences.error());
  postgres::Transaction setting = postgres::Transaction::begin(**target);
  for (const std::string& statement : schema::set_sequences(*sequences)) {
    const Status set = (*target)->execute(statement);
    if (!set) return set.error().during("cannot set the sequences");
  }
  const Status committed = commit(run, task, setting, {});
  if (committed) run.sequences = std::move(*sequences);
  return committed;
}

Status store_sequences(crew::Worker& worker, Run& run, const plan::Task& task) {
  Result<std::vector<catalog::Sequence>> sequences = read_sequences(worker, run);
  if (!sequences) return fail(sequences.error());
  run.sequences = std::move(*sequences);
  enter(run, task, {});
  return {};
}

}  // namespace pghaul::tasks
