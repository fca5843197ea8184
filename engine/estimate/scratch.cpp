#include "estimate/scratch.h"

#include <fmt/format.h>

#include <chrono>

#include "postgres/cancel_on_stop.h"

namespace pghaul::estimate {
namespace {

constexpr const char* kComment = "made by pghaul estimate, which drops it again";
/// Number of an advisory lock, held by the session: "pghaul e" in ASCII.
constexpr const char* kLock = "8099557222640263269";

constexpr std::chrono::seconds kLongestLock{10};

Status make(postgres::Connection& target) {
  const Result<postgres::Rows> locked =
      target.query(std::string("SELECT pg_catalog.pg_try_advisory_lock(") + kLock + ")");
  if (!locked) return fail(locked.error());
  if (!locked->boolean(0, 0)) {
    return fail(ErrorCode::refused, "another pghaul estimate is using this target",
                "wait until it has ended");
  }
  const Result<postgres::Rows> present = target.query(
      "SELECT pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace "
      "WHERE nspname = $1",
      {Scratch::kSchema});
  if (!present) return fail(present.error());
  if (present->size() > 0) {
    if (present->text(0, 0) != kComment) {
      return fail(ErrorCode::refused,
                  fmt::format("the target has a schema {} that pghaul did not make", Scratch::kSchema),
                  "rename it, or estimate without a target");
    }
    const Status dropped = target.execute(fmt::format("DROP SCHEMA {} CASCADE", Scratch::kSchema));
    if (!dropped) return dropped;
  }
  return target.execute(fmt::format("BEGIN; CREATE SCHEMA {0}; COMMENT ON SCHEMA {0} IS '{1}'; COMMIT",
                                    Scratch::kSchema, kComment));
}

}  // namespace

Result<Scratch> Scratch::open(const postgres::ConnectionString& server, const std::string& encoding,
                              const std::stop_token& stop) {
  Result<postgres::Connection> target =
      postgres::Connection::open(server, postgres::Side::target, encoding, stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *target);
  target->send_ahead(fmt::format("SET lock_timeout = '{}s'", kLongestLock.count()));
  const Status made = make(*target);
  if (!made) return made.error().during("making a scratch schema on the target");
  return Scratch(std::make_unique<postgres::Connection>(std::move(*target)));
}

/// Drops the schema; when that fails, the next run does.
Scratch::~Scratch() {
  if (!connection_) return;
  static_cast<void>(connection_->execute(
      fmt::format("ROLLBACK; SET statement_timeout = 0; DROP SCHEMA IF EXISTS {} CASCADE", kSchema)));
}

}  // namespace pghaul::estimate
