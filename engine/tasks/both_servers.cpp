#include "tasks/both_servers.h"

#include <utility>

#include "catalog/read_catalog.h"

namespace pghaul::tasks {

Status BothServers::open(Server& server, const postgres::ConnectionString& where, postgres::Side side,
                         const postgres::Snapshot* snapshot) {
  Result<postgres::Connection> opened = postgres::Connection::open(where, side, ends_->encoding, run_->stop);
  if (!opened) return fail(opened.error());
  server.connection.emplace(std::move(*opened));
  server.let_go.emplace(run_->stop, *server.connection);
  server.connection->send_ahead("SET lock_timeout = '60s'");  // nobody should wait here unseen
  if (snapshot == nullptr) {
    server.reading.emplace(
        postgres::Transaction::begin(*server.connection, "ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    return {};
  }
  Result<postgres::Transaction> reading = snapshot->begin(*server.connection);
  if (!reading) return fail(reading.error());
  server.reading.emplace(std::move(*reading));
  return {};
}

void BothServers::close() noexcept {
  for (Server* server : {&source_, &target_}) {
    server->reading.reset();
    server->let_go.reset();
    server->connection.reset();
  }
}

Result<postgres::Connection*> BothServers::source() {
  if (source_.reading) return &*source_.connection;
  if (run_->stored != nullptr) return fail(ErrorCode::refused, "the source is an archive");
  const bool held = source_state_.empty();
  const Status opened =
      open(source_, ends_->source, postgres::Side::source, held ? &run_->snapshot : nullptr);
  if (!opened) return fail(opened.error());
  if (held) return &*source_.connection;
  const Result<std::string> state = catalog::read_state(*source_.connection);
  if (!state) return fail(state.error());
  source_unchanged_ = *state == source_state_;
  return &*source_.connection;
}

Result<postgres::Connection*> BothServers::target() {
  if (target_.reading) return &*target_.connection;
  const Status opened = open(target_, ends_->target, postgres::Side::target,
                             run_->target_snapshot ? &*run_->target_snapshot : nullptr);
  if (!opened) return fail(opened.error());
  return &*target_.connection;
}

}  // namespace pghaul::tasks
