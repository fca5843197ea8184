#include "tasks/both_servers.h"

#include <utility>

#include "catalog/read_catalog.h"

namespace pghaul::tasks {

Status BothServers::open(Server& server, const postgres::ConnectionString& where, postgres::Side side,
                         const postgres::Snapshot* snapshot) {
  Result<postgres::Connection> opened = postgres::Connection::open(where, side, ends_->encoding, ends_->stop);
  if (!opened) return fail(opened.error());
  server.connection.emplace(std::move(*opened));
  server.cancel_on_stop.emplace(ends_->stop, *server.connection);
  server.connection->send_ahead("SET lock_timeout = '60s'");  // a session that waits here would go unnoticed
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
    server->cancel_on_stop.reset();
    server->connection.reset();
  }
}

Result<postgres::Connection*> BothServers::source() {
  if (source_.reading) return &*source_.connection;
  if (source_is_archive()) return fail(ErrorCode::refused, "the source is an archive");
  const auto* const held = std::get_if<Held>(&compared_);
  const Status opened =
      open(source_, ends_->source, postgres::Side::source, held != nullptr ? &held->snapshot : nullptr);
  if (!opened) return fail(opened.error());
  if (held != nullptr) return &*source_.connection;
  const Result<std::string> state = catalog::read_state(*source_.connection);
  if (!state) return fail(state.error());
  source_unchanged_ = *state == std::get<Gone>(compared_).state;
  return &*source_.connection;
}

Result<postgres::Connection*> BothServers::target() {
  if (target_.reading) return &*target_.connection;
  const Status opened =
      open(target_, ends_->target, postgres::Side::target, target_snapshot_ ? &*target_snapshot_ : nullptr);
  if (!opened) return fail(opened.error());
  return &*target_.connection;
}

}  // namespace pghaul::tasks
