#include "postgres/libpq_copy_data.h"

#include <utility>

namespace pghaul::postgres {

LibpqCopyData::LibpqCopyData(Connection& connection, std::string what)
    : connection_(&connection), what_(std::move(what)) {}

LibpqCopyData::~LibpqCopyData() {
  if (answering_) connection_->lifeline()->sever();
}

void LibpqCopyData::drop_rest() {
  connection_->discard_results();
  answering_ = false;
}

Status LibpqCopyData::begin(const std::string& sql) {
  const Result<PGresult*> result = connection_->run(sql);
  if (!result) return result.error().during("cannot read " + what_);
  const bool begun = PQresultStatus(*result) == PGRES_COPY_OUT;
  Error refusal;
  if (!begun) refusal = connection_->error("cannot read " + what_, *result);
  PQclear(*result);
  if (!begun) return fail(std::move(refusal));
  answering_ = true;
  return {};
}

Result<bool> LibpqCopyData::next(std::span<const std::byte>& payload) {
  char* buffer = nullptr;
  const int bytes = PQgetCopyData(connection_->handle(), &buffer, 0);
  message_.reset(buffer);
  if (bytes < 0) return finish();
  connection_->lifeline()->add_traffic(static_cast<std::uint64_t>(bytes));
  payload = {reinterpret_cast<const std::byte*>(buffer), static_cast<std::size_t>(bytes)};
  return true;
}

Result<bool> LibpqCopyData::finish() {
  answering_ = false;
  PGconn* handle = connection_->handle();
  PGresult* result = PQgetResult(handle);
  const bool complete = PQresultStatus(result) == PGRES_COMMAND_OK;
  Error failure;
  if (!complete) failure = connection_->error("cannot read " + what_, result);
  PQclear(result);
  while (PGresult* rest = PQgetResult(handle)) PQclear(rest);
  if (!complete) return fail(std::move(failure));
  return false;
}

}  // namespace pghaul::postgres
