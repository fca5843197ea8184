#include "scripted/scripted_libpq.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <stdexcept>
#include <utility>

namespace pghaul::scripted {
namespace {

ScriptedLibpq* the_one = nullptr;

bool matches(const std::string& expected, const std::string& call) {
  const std::string rest = "…";
  if (!expected.ends_with(rest)) return expected == call;
  return call.starts_with(expected.substr(0, expected.size() - rest.size()));
}

}  // namespace

Answer rows(std::vector<std::vector<std::string>> values) {
  return {.status = PGRES_TUPLES_OK, .rows = std::move(values)};
}

Answer done(std::string affected) {
  return {.status = PGRES_COMMAND_OK, .affected = std::move(affected)};
}

Answer refusal(std::string sqlstate, std::string message) {
  return {.status = PGRES_FATAL_ERROR, .sqlstate = std::move(sqlstate), .message = std::move(message)};
}

Answer connection_gone() {
  return {.status = PGRES_FATAL_ERROR};
}

ScriptedLibpq& libpq() {
  assert(the_one != nullptr);
  return *the_one;
}

ScriptedLibpq::ScriptedLibpq() {
  assert(the_one == nullptr);
  the_one = this;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_) != 0)
    throw std::runtime_error("no socketpair");
}

ScriptedLibpq::~ScriptedLibpq() {
  EXPECT_EQ(script_.size(), 0U) << "never called: " << (script_.empty() ? "" : script_.front().text);
  EXPECT_EQ(living_results, 0) << "results that nobody has cleared";
  EXPECT_EQ(living_connections, 0) << "connections that nobody has finished";
  close(sockets_[0]);
  if (sockets_[1] >= 0) close(sockets_[1]);
  the_one = nullptr;
}

void ScriptedLibpq::expect_statement(const std::string& sql, const std::vector<Answer>& answers) {
  expect({{"PQgetResult", kNothing}, {"PQsendQuery " + sql, 1}});
  for (const Answer& answer : answers) expect({{"PQisBusy", 0}, {"PQgetResult", answer}});
  expect({{"PQisBusy", 0}, {"PQgetResult", kNothing}});
}

void ScriptedLibpq::expect_opening(int session) {
  expect({{"PQconnectStartParams", 1},
          {"PQconnectPoll", PGRES_POLLING_OK},
          {"PQsendQuery SET statement_timeout = 0;SET …", 1},
          {"PQisBusy", 0},
          {"PQisBusy", 0},
          {"PQgetResult", rows({{std::to_string(session)}})},
          {"PQisBusy", 0},
          {"PQgetResult", kNothing}});
}

postgres::Connection ScriptedLibpq::open(postgres::Side side, std::chrono::seconds silence_limit,
                                         int session) {
  expect_opening(session);
  postgres::ConnectionString server;
  server.set_silence_limit(silence_limit);
  Result<postgres::Connection> connection = postgres::Connection::open(server, side);
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

void ScriptedLibpq::send(const std::string& bytes) const {
  const ssize_t sent = ::send(sockets_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ASSERT_EQ(sent, static_cast<ssize_t>(bytes.size()));
}

std::string ScriptedLibpq::receive(std::size_t count) const {
  std::string bytes(count, '\0');
  const ssize_t got = recv(sockets_[1], bytes.data(), count, MSG_WAITALL);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

bool ScriptedLibpq::hung_up() const {
  char byte = 0;
  return recv(sockets_[1], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void ScriptedLibpq::end_sending() const {
  shutdown(sockets_[1], SHUT_WR);
}

void ScriptedLibpq::close_connection() {
  close(std::exchange(sockets_[1], -1));
  status = CONNECTION_BAD;
  message = "server closed the connection unexpectedly\n";
}

Call ScriptedLibpq::next(const std::string& call) {
  Call made = take(call);
  if (made.meanwhile) made.meanwhile(*this);
  return made;
}

Call ScriptedLibpq::take(const std::string& call) {
  const std::lock_guard lock(mutex_);
  ++made_;
  if (script_.empty() || !matches(script_.front().text, call)) {
    ADD_FAILURE() << fmt::format("call {} is {}, expected {}", made_, call,
                                 script_.empty() ? "no more" : script_.front().text);
    status = CONNECTION_BAD;  // so that whoever called gives up
    script_.clear();
    return {};
  }
  Call made = std::move(script_.front());
  script_.pop_front();
  return made;
}

}  // namespace pghaul::scripted
