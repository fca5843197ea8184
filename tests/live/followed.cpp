#include "live/followed.h"

#include <csignal>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <utility>

#include "follow/follow.h"
#include "postgres/quote.h"
#include "postgres/replication_slot.h"
#include "support/process.h"

namespace pghaul::live {
namespace {

using follow::Item;
using std::chrono::milliseconds;

constexpr const char* kPublication = "followed";
constexpr const char* kSchema = "pghaul_journal";

/// Another feed, and something to do before each item is asked for.
class WatchedFeed : public follow::Feed {
 public:
  WatchedFeed(follow::Feed& feed, std::function<void()> before) : feed_(feed), before_(std::move(before)) {}
  Result<Item> next(milliseconds wait, const std::stop_token& stop) override {
    before_();
    return feed_.next(wait, stop);
  }
  void confirm(Lsn durable) override { feed_.confirm(durable); }

 private:
  follow::Feed& feed_;
  std::function<void()> before_;
};

/// Follows until `stop` is requested; `before` is called before each item.
Status follow_slot(const std::string& source, const std::string& target, const std::string& slot,
                   Followed::Options options, std::stop_source& stop,
                   const std::function<void(const follow::StrictApplier&)>& before) {
  options.durability_interval = milliseconds(5);
  options.idle_interval = milliseconds(0);
  const Result<std::unique_ptr<follow::StrictApplier>> applier =
      follow::StrictApplier::open(*postgres::ConnectionString::parse(target), {},
                                  follow::ProgressTable(kSchema), slot, options, stop.get_token());
  if (!applier) return fail(applier.error());
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(*postgres::ConnectionString::parse(source), {}, (*applier)->progress(),
                               {kPublication}, stop.get_token());
  if (!feed) return fail(feed.error());
  WatchedFeed watched(*feed, [&] { before(**applier); });
  return follow::follow(watched, **applier, stop.get_token());
}

void must(const Status& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

}  // namespace

Lsn begin_following(const std::string& source, const std::string& slot) {
  postgres::Connection session = session_to(source, postgres::Side::source);
  must(session.execute(std::string("CREATE PUBLICATION ") + kPublication + " FOR ALL TABLES"));
  postgres::Connection replication = replication_to(source);
  const Result<Lsn> from = postgres::create_slot(replication, slot, {}, {});
  if (!from) throw std::runtime_error(from.error().message);
  return *from;
}

void set_progress(const std::string& source, const std::string& target, const std::string& slot, Lsn from) {
  postgres::Connection replication = replication_to(source);
  const Result<postgres::SystemIdentity> identity = postgres::identify_system(replication);
  if (!identity) throw std::runtime_error(identity.error().message);
  postgres::Connection session = session_to(target, postgres::Side::target);
  const follow::ProgressTable table(kSchema);
  must(session.execute(std::string("CREATE SCHEMA ") + kSchema));
  must(table.create(session));
  must(table.insert(session,
                    {.slot = slot, .system_identifier = identity->system_identifier, .position = from}));
}

Status follow_until_now(const std::string& source, const std::string& target, const std::string& slot,
                        const Followed::Options& options, std::size_t* replays) {
  postgres::Connection session = session_to(source, postgres::Side::source);
  const Result<postgres::Rows> end = session.query("SELECT pg_catalog.pg_current_wal_flush_lsn()");
  if (!end) return fail(end.error());
  const Lsn last = *parse_lsn(end->text(0, 0));
  std::stop_source stop;
  return follow_slot(source, target, slot, options, stop, [&](const follow::StrictApplier& applier) {
    if (replays != nullptr) *replays = applier.replays();
    if (applier.durable() >= last) stop.request_stop();
  });
}

Followed::Followed(const std::string& schema, const support::Cluster& source, const support::Cluster& target)
    : source_(source), target_(target), slot_(source_.name() + "_slot") {
  source_.psql(schema);
  target_.psql(schema);
  set_progress(source_.uri(), target_.uri(), slot_, begin_following(source_.uri(), slot_));
}

Followed::~Followed() {
  postgres::Connection replication = replication_to(source_.uri());
  [[maybe_unused]] const Status dropped = postgres::drop_slot(replication, slot_, {});
}

Status Followed::catch_up(const Options& options) {
  return follow_until_now(source_.uri(), target_.uri(), slot_, options, &replays_);
}

Status Followed::follow(std::stop_source& stop) {
  return follow_slot(source_.uri(), target_.uri(), slot_, {}, stop, [](const follow::StrictApplier&) {});
}

void Followed::catch_up_and_die(std::size_t items, const Options& options) const {
  const support::ProcessResult died = support::run_command(
      {"/proc/self/exe", "follow", source_.uri(), target_.uri(), slot_, std::to_string(items),
       std::to_string(options.transactions), std::to_string(options.batch_bytes)});
  if (died.exit_status != 128 + SIGKILL) throw std::runtime_error("the follower ended: " + died.err);
}

int follow_and_die(const std::string& source, const std::string& target, const std::string& slot,
                   std::size_t items, const Followed::Options& options) {
  std::stop_source stop;
  std::size_t left = items;
  const Status followed = follow_slot(source, target, slot, options, stop, [&](const follow::StrictApplier&) {
    if (left-- == 0) std::raise(SIGKILL);
  });
  std::fprintf(stderr, "%s\n", followed ? "without an error" : followed.error().message.c_str());
  return 1;
}

Lsn Followed::position() const {
  return *parse_lsn(target_.psql(std::string("SELECT position FROM ") + kSchema + ".follow_progress"));
}

std::pair<std::string, std::string> Followed::both(const std::string& query) const {
  return {source_.psql(query), target_.psql(query)};
}

}  // namespace pghaul::live
