// The library as programs use it: several jobs in one process, no signal handlers, nothing thrown.
#include <gtest/gtest.h>
#include <pghaul/pghaul.h>
#include <pthread.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/memory_limit.h"

namespace pghaul {
namespace {

using nlohmann::json;
using support::Database;

/// A job, and the lines that it emitted.
class Job {
 public:
  using Listener = std::function<void(Job&, const json& event)>;

  explicit Job(Listener listener = {}) : listener_(std::move(listener)), job_(pghaul_job_new()) {
    pghaul_job_on_event(job_.get(), hear, this);
  }

  pghaul_code set(const char* option, const std::string& value) {
    return keep(
        [&](pghaul_error** error) { return pghaul_job_set(job_.get(), option, value.c_str(), error); });
  }
  pghaul_code copy(const Database& source, const Database& target) {
    set("source", source.uri());
    set("target", target.uri());
    return copy();
  }
  pghaul_code verify() {
    return keep([&](pghaul_error** error) { return pghaul_job_verify(job_.get(), error); });
  }
  pghaul_code copy() {
    return keep([&](pghaul_error** error) { return pghaul_job_copy(job_.get(), error); });
  }
  void stop() { pghaul_job_stop(job_.get()); }

  [[nodiscard]] int exit_status() const { return pghaul_job_exit_status(job_.get()); }
  [[nodiscard]] json report() const { return json::parse(pghaul_job_report(job_.get())); }
  [[nodiscard]] const std::vector<json>& events() const { return events_; }
  [[nodiscard]] std::string message() const { return pghaul_error_message(error_.get()); }
  [[nodiscard]] std::string hint() const { return pghaul_error_hint(error_.get()); }
  [[nodiscard]] std::string object() const { return pghaul_error_object(error_.get()); }
  [[nodiscard]] std::string sqlstate() const { return pghaul_error_sqlstate(error_.get()); }

 private:
  struct Free {
    void operator()(pghaul_job* job) const noexcept { pghaul_job_free(job); }
    void operator()(pghaul_error* error) const noexcept { pghaul_error_free(error); }
  };

  static void hear(const char* text, void* context) {
    Job& job = *static_cast<Job*>(context);
    job.events_.push_back(json::parse(text));
    if (job.listener_) job.listener_(job, job.events_.back());
  }
  template <typename Call>
  pghaul_code keep(Call&& call) {
    pghaul_error* error = nullptr;
    const pghaul_code code = call(&error);
    error_.reset(error);
    EXPECT_EQ(pghaul_error_code(error), code);
    return code;
  }

  Listener listener_;
  std::vector<json> events_;
  std::unique_ptr<pghaul_job, Free> job_;
  std::unique_ptr<pghaul_error, Free> error_;
};

void fill(const Database& source, int rows) {
  source.psql(
      "create table things (id bigint primary key, name text);"
      "insert into things select i, 'thing ' || i from generate_series(1, " +
      std::to_string(rows) + ") i");
}

TEST(Library, RunTwoAtOnceInOneProcess) {
  struct Pair {
    Database source{support::shared_source()};
    Database target{support::shared_target()};
    Job job;
    pghaul_code code = PGHAUL_INTERNAL;
  };
  std::array<Pair, 2> pairs;
  fill(pairs[0].source, 20'000);
  fill(pairs[1].source, 30'000);
  {
    std::vector<std::jthread> threads;
    for (Pair& pair : pairs) {
      threads.emplace_back([&pair] { pair.code = pair.job.copy(pair.source, pair.target); });
    }
  }
  for (const Pair& pair : pairs) {
    EXPECT_EQ(pair.code, PGHAUL_OK) << pair.job.message();
    EXPECT_EQ(pair.job.report().at("source").at("database"), pair.source.name());
    EXPECT_EQ(pair.job.events().front().at("event"), "started");
    EXPECT_EQ(pair.job.events().back().at("event"), "finished");
  }
  EXPECT_EQ(pairs[0].target.psql("select count(*) from things"), "20000");
  EXPECT_EQ(pairs[1].target.psql("select count(*) from things"), "30000");
}

TEST(Library, MayBeStoppedByTheirListener) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  Job job([](Job& self, const json& event) {
    if (event.at("event") == "phase") self.stop();
  });
  EXPECT_EQ(job.copy(source, target), PGHAUL_INTERRUPTED);
  EXPECT_EQ(job.report().at("status"), "interrupted");
}

/// Makes any other database than `source` wait, for ever, when the first row arrives.
void make_slow_elsewhere(const Database& source) {
  source.psql(
      "create function slow() returns boolean language plpgsql as $$begin "
      "if current_database() <> '" +
      source.name() +
      "' then perform pg_sleep(300); end if; return true; end$$; "
      "alter table things add check (public.slow())");
}

/// Polls for `what` of the target's sessions that wait so, until there is one.
void once_it_waits(const Database& target, const std::string& what) {
  const std::string sql = "select " + what +
                          " from pg_stat_activity "
                          "where wait_event = 'PgSleep' and datname = current_database()";
  while (target.psql(sql) == "0") continue;
}

TEST(Library, AreStoppedFromAnotherThread) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  make_slow_elsewhere(source);
  Job job;
  pghaul_code code = PGHAUL_OK;
  {
    const std::jthread copying([&] { code = job.copy(source, target); });
    once_it_waits(target, "count(*)");
    job.stop();
  }
  EXPECT_EQ(code, PGHAUL_INTERRUPTED) << job.message();
}

TEST(Library, OutliveAServerThatGoesAwayWhileRowsAreSent) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 200'000);
  make_slow_elsewhere(source);
  Job job;
  job.set("retry-for", "0");
  pghaul_code code = PGHAUL_OK;
  {
    const std::jthread copying([&] { code = job.copy(source, target); });
    once_it_waits(target, "count(pg_terminate_backend(pid))");
  }
  struct sigaction pipe {};
  sigaction(SIGPIPE, nullptr, &pipe);
  EXPECT_EQ(pipe.sa_handler, SIG_DFL);
  EXPECT_EQ(code, PGHAUL_CONNECTION_LOST) << job.message();
  EXPECT_EQ(job.object(), "public.things") << job.message();
}

TEST(Library, LeaveSignalsAlone) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  const auto handlers = [] {
    std::vector<void (*)(int)> all;
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGALRM}) {
      struct sigaction now {};
      sigaction(number, nullptr, &now);
      all.push_back(now.sa_handler);
    }
    return all;
  };
  const auto before = handlers();
  Job job([&](Job&, const json&) { EXPECT_EQ(handlers(), before); });
  EXPECT_EQ(job.copy(source, target), PGHAUL_OK) << job.message();
  EXPECT_EQ(handlers(), before);
}

TEST(Library, SayWhichObjectStandsInTheWay) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  target.psql("create function unwanted() returns int language sql as 'select 1'");
  Job job;
  EXPECT_EQ(job.copy(source, target), PGHAUL_REFUSED);
  EXPECT_EQ(job.report().at("error").at("name"), "refused");
  EXPECT_NE(job.hint(), "");
  EXPECT_EQ(job.report().at("error").at("object"), job.object());
}

TEST(Library, GiveTheServersReasonForAFailure) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  source.psql("alter table things add check (id > 5 or current_database() = '" + source.name() + "')");
  Job job;
  EXPECT_EQ(job.copy(source, target), PGHAUL_SERVER_ERROR);
  EXPECT_EQ(job.sqlstate(), "23514") << job.message();
  EXPECT_EQ(job.object(), "public.things");
}

/// Takes threads away from this process in its lifetime: there is room for less than the stack of one.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&usual_);
    pthread_attr_t large;
    pthread_attr_init(&large);
    pthread_attr_setstacksize(&large, 2 * kRoom);  // no stack that is left over is of that size
    pthread_setattr_default_np(&large);
    pthread_attr_destroy(&large);
    memory_.emplace(kRoom);
  }
  ~NoThreads() {
    memory_.reset();
    pthread_setattr_default_np(&usual_);
    pthread_attr_destroy(&usual_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  static constexpr std::size_t kRoom = 64 << 20;
  pthread_attr_t usual_{};
  std::optional<support::MemoryLimit> memory_;
};

void expect_end(const Job& job, const std::string& status) {
  EXPECT_EQ(job.report().at("status"), status);
  EXPECT_EQ(job.report().at("error").at("message"), job.message());
  EXPECT_NE(job.message().find("cannot start a thread"), std::string::npos) << job.message();
  EXPECT_NE(job.hint(), "");
  ASSERT_GE(job.events().size(), 2U);
  EXPECT_EQ(job.events().at(job.events().size() - 2).at("event"), "error");
  EXPECT_EQ(job.events().back().at("event"), "finished");
  EXPECT_EQ(job.events().back().at("status"), status);
}

TEST(Library, HaveNotSucceededBeforeTheyRan) {
  const Job job;
  EXPECT_NE(job.exit_status(), 0);
}

TEST(Library, FailForWantOfThreadsWhateverSucceededBefore) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  Job job;
  ASSERT_EQ(job.copy(source, target), PGHAUL_OK) << job.message();
  EXPECT_EQ(job.exit_status(), 0);
  const NoThreads shortage;
  EXPECT_EQ(job.verify(), PGHAUL_SYSTEM) << job.message();
  EXPECT_EQ(job.exit_status(), 3);
  expect_end(job, "failed");
}

TEST(Library, StopHalfWayForWantOfThreads) {
  const Database source(support::shared_source());
  const Database target(support::shared_target());
  fill(source, 10);
  std::optional<NoThreads> shortage;
  Job job([&](Job&, const json& event) {
    if (event.at("event") == "phase" && event.at("phase") == "copy" && event.at("state") == "started")
      shortage.emplace();
  });
  EXPECT_EQ(job.copy(source, target), PGHAUL_SYSTEM) << job.message();
  shortage.reset();
  EXPECT_EQ(job.exit_status(), 5);
  expect_end(job, "incomplete");
}

TEST(Library, RefuseOptionsThatThereAreNot) {
  Job job;
  EXPECT_EQ(job.set("jobz", "4"), PGHAUL_USAGE);
  EXPECT_EQ(job.set("jobs", "many"), PGHAUL_USAGE);
  EXPECT_NE(job.hint(), "");
  EXPECT_EQ(pghaul_job_set(nullptr, nullptr, nullptr, nullptr), PGHAUL_USAGE);
}

}  // namespace
}  // namespace pghaul
