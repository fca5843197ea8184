#include "job/adopt_standby.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "catalog/read_catalog.h"
#include "discovery/job_identity.h"
#include "follow/progress.h"
#include "follow/registration.h"
#include "job/fill_report.h"
#include "job/verify_databases.h"
#include "journal/journal.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "measure/clock.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::job {
namespace {

using journal::Journal;
using postgres::Side;

constexpr const char* kAnew = "prepare a standby anew: pghaul copy --follow --prepare-standby";

Status refused(const std::string& what, const char* hint = kAnew) {
  return fail(ErrorCode::refused, what, hint);
}

/// Does the work of adopt_standby(). Its phases, in order, are run()'s lines.
class Adoption {
 public:
  Adoption(discovery::VerbContext context, bool& touched)
      : context_(std::move(context)), touched_(touched), until_(*parse_lsn(context_.options.filled_at)) {}

  Status run() {
    Status done = connect();
    if (done) done = check_source();
    if (done) done = check_target();
    if (done) {
      done = refuse_different_definitions(context_, false,
                                          "alter one of them; --verify none goes on without a comparison");
    }
    if (!done) return done;
    touched_ = true;
    done = follow::set_adopted(*source_, changes_.slot, target_->describe());
    return done ? write_journal() : done;
  }

 private:
  Status connect() {
    Result<postgres::Connection> source =
        live::open_session(*context_.ends.source, Side::source, context_.stop);
    if (!source) return fail(source.error());
    source_.emplace(std::move(*source));
    Result<postgres::Connection> target =
        live::open_session(*context_.ends.target, Side::target, context_.stop);
    if (!target) return fail(target.error());
    target_.emplace(std::move(*target));
    const Result<catalog::Server> server = catalog::read_server(*source_);
    if (!server) return server.error().during("looking at the source");
    context_.report.source = described(*server, *source_);
    source_server_ = *server;
    const Result<catalog::Server> there = catalog::read_server(*target_);
    if (!there) return there.error().during("looking at the target");
    context_.report.target = described(*there, *target_);
    return {};
  }

  /// Finds the slot that was made for the standby, and has it that nobody has read from it.
  Status check_source() {
    const std::string name =
        follow::standby_registration_name(source_server_.system_identifier, source_server_.database_oid);
    const auto prepared = follow::find_standby_registration(*source_, name);
    if (!prepared) return fail(prepared.error());
    if (!*prepared) return refused("the source has not been prepared for a standby");
    started_ = (*prepared)->started;
    if ((*prepared)->until != until_) {
      return refused(fmt::format("the standby of this source had to end its recovery at {}, not at {}",
                                 (*prepared)->until ? lsn_text(*(*prepared)->until) : "no known LSN",
                                 lsn_text(until_)));
    }
    Result<follow::Progress> changes = live::find_live_copy(*context_.ends.source, name, context_.stop);
    if (!changes) {
      Error error = changes.error();
      if (error.code == ErrorCode::refused) error.hint = kAnew;
      return fail(std::move(error));
    }
    if (changes->position != until_) {
      return refused(
          fmt::format("replication slot {} of the source has been read from: it is at {}, not at {}", name,
                      lsn_text(changes->position), lsn_text(until_)));
    }
    changes_ = follow::Progress::at(until_, name, changes->system_identifier);
    return {};
  }

  /// Finds in the target what the source wrote before the position, and not what it wrote after it.
  Status check_target() {
    const Result<postgres::Rows> recovering = target_->query("SELECT pg_catalog.pg_is_in_recovery()");
    if (!recovering) return recovering.error().during("asking whether the target is a standby still");
    if (recovering->boolean(0, 0)) {
      return refused("the target is a standby still",
                     "have it end its recovery at that LSN, as --prepare-standby says, then try again");
    }
    const auto replayed = follow::find_standby_registration(*target_, changes_.slot);
    if (!replayed) return fail(replayed.error());
    if (!*replayed) return refused("the target has not replayed the source up to " + lsn_text(until_));
    if ((*replayed)->started != started_) {
      return refused(
          "the target ended its recovery after an earlier preparation of the source: it lacks what "
          "was written between that and " +
          lsn_text(until_));
    }
    if ((*replayed)->until)
      return refused("the target has replayed more of the source than up to " + lsn_text(until_));
    const Result<postgres::Rows> prepared = target_->query(
        "SELECT pg_catalog.format('ROLLBACK PREPARED %L', gid) FROM pg_catalog.pg_prepared_xacts"
        " WHERE database = pg_catalog.current_database() ORDER BY prepared LIMIT 1");
    if (!prepared) return prepared.error().during("looking for prepared transactions of the target");
    if (prepared->size() == 0) return {};
    return fail(ErrorCode::refused,
                "the target has a prepared transaction of the source, whose end comes with the changes",
                "on the target: " + prepared->string(0, 0));
  }

  /// Removes what came from the source with the standby, and was to serve there.
  Result<std::string> forget_source() {
    Result<std::string> forget = follow::forget_registrations(*target_);
    if (!forget) return forget;
    const Result<std::vector<std::string>> journals = Journal::list_schemas(*target_);
    if (!journals) return fail(journals.error());
    for (const std::string& schema : *journals)
      *forget += "DROP SCHEMA " + postgres::quote(schema) + " CASCADE;";
    return forget;
  }

  Journal::Header header() const {
    Journal::Header header;
    header.started = measure::utc_now();
    header.source = discovery::identity_of(source_server_);
    header.source_description = source_->describe();
    header.options = context_.options.identity();
    return header;
  }

  Status write_journal() {
    const Result<std::string> forget = forget_source();
    if (!forget) return fail(forget.error());
    postgres::Transaction whole = postgres::Transaction::begin(*target_);
    if (const Status forgotten = target_->execute("SET LOCAL synchronous_commit = on;" + *forget); !forgotten)
      return forgotten.error().during("removing what serves on the source alone");
    Result<Journal> journal = Journal::create(*target_, header(), {}, "");
    if (!journal) return fail(journal.error());
    const follow::ProgressTable table(journal->schema());
    if (Status created = table.create(*target_); !created) return created;
    if (Status entered = journal->enter(*target_, Journal::Stage::following); !entered) return entered;
    return whole.commit(table.set(changes_));
  }

  discovery::VerbContext context_;
  bool& touched_;
  Lsn until_;
  std::string started_;  // of the source's preparation
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> target_;
  catalog::Server source_server_;
  follow::Progress changes_;
};

}  // namespace

Status adopt_standby(discovery::VerbContext context, bool& touched) {
  return Adoption(std::move(context), touched).run();
}

}  // namespace pghaul::job
