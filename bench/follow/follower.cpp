// A follower without a copy before it, for bench/live:
//   follower prepare SOURCE TARGET SLOT           makes the slot, and the target's table of progress
//   follower run SOURCE TARGET SLOT PUBLICATION END   applies changes until the target has all up to END

#include <cstdio>
#include <string>

#include "follow/follow.h"
#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"

namespace {

using namespace pghaul;

constexpr const char* kSchema = "pghaul_bench";

/// A feed that asks to stop once the applier has got far enough.
class LimitedFeed : public follow::Feed {
 public:
  LimitedFeed(follow::Feed& feed, const follow::Applier& applier, Lsn end, std::stop_source& stop)
      : feed_(feed), applier_(applier), end_(end), stop_(stop) {}
  Result<follow::Item> next(std::chrono::milliseconds wait, const std::stop_token& stop) override {
    if (applier_.durable() >= end_) stop_.request_stop();
    return feed_.next(wait, stop);
  }
  void confirm(Lsn durable) override { feed_.confirm(durable); }

 private:
  follow::Feed& feed_;
  const follow::Applier& applier_;
  Lsn end_;
  std::stop_source& stop_;
};

Status prepare(const postgres::ConnectionString& source, const postgres::ConnectionString& target,
               const std::string& slot) {
  Result<postgres::Connection> replication = postgres::open_for_replication(source, postgres::Side::source);
  if (!replication) return fail(replication.error());
  const Result<Lsn> from = postgres::create_slot(*replication, slot, {}, {});
  if (!from) return fail(from.error());
  const Result<postgres::SystemIdentity> identity = postgres::identify_system(*replication);
  if (!identity) return fail(identity.error());
  Result<postgres::Connection> session = postgres::Connection::open(target, postgres::Side::target);
  if (!session) return fail(session.error());
  const follow::ProgressTable table(kSchema);
  Status done = session->execute(std::string("CREATE SCHEMA ") + kSchema);
  if (done) done = table.create(*session);
  if (done) {
    done = table.insert(*session,
                        {.slot = slot, .system_identifier = identity->system_identifier, .position = *from});
  }
  return done;
}

Status run(const postgres::ConnectionString& source, const postgres::ConnectionString& target,
           const std::string& slot, const std::string& publication, Lsn end) {
  std::stop_source stop;
  const Result<std::unique_ptr<follow::StrictApplier>> applier =
      follow::StrictApplier::open(target, {}, follow::ProgressTable(kSchema), slot, {}, stop.get_token());
  if (!applier) return fail(applier.error());
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(source, {}, (*applier)->progress(), {publication}, stop.get_token());
  if (!feed) return fail(feed.error());
  LimitedFeed limited(*feed, **applier, end, stop);
  Status followed = follow::follow(limited, **applier, stop.get_token());
  std::printf("replays %zu\n", (*applier)->replays());
  return followed;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string verb = count > 1 ? arguments[1] : "";
  if (!(verb == "prepare" && count == 5) && !(verb == "run" && count == 7)) {
    std::fprintf(stderr,
                 "usage: follower prepare SOURCE TARGET SLOT\n"
                 "       follower run SOURCE TARGET SLOT PUBLICATION END\n");
    return 2;
  }
  const Result<postgres::ConnectionString> source = postgres::ConnectionString::parse(arguments[2]);
  const Result<postgres::ConnectionString> target = postgres::ConnectionString::parse(arguments[3]);
  if (!source || !target) return 2;
  const Status done = verb == "prepare" ? prepare(*source, *target, arguments[4])
                                        : run(*source, *target, arguments[4], arguments[5],
                                              parse_lsn(arguments[6]).value_or(Lsn{}));
  if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
