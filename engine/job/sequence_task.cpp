#include <utility>

#include "catalog/read_catalog.h"
#include "job/finish.h"
#include "job/tasks.h"
#include "postgres/transaction.h"
#include "schema/statements.h"

namespace pghaul::job {

/// Sequences are outside of transactions: their values are read now, and are the snapshot's or later.
Status copy_sequences(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  std::vector<catalog::Sequence> sequences = run.source->sequences;
  const Status read = catalog::read_sequences(**source, sequences);
  if (!read) return read.error().during("cannot read the sequences");
  Result<postgres::Transaction> setting = postgres::Transaction::begin(**target);
  if (!setting) return fail(setting.error());
  for (const std::string& statement : schema::set_sequences(sequences)) {
    const Status set = (*target)->execute(statement);
    if (!set) return set.error().during("cannot set the sequences");
  }
  const Status committed = commit(run, task, *setting, {});
  if (committed) run.sequences = std::move(sequences);
  return committed;
}

}  // namespace pghaul::job
