#include "slot_watch.h"

#include <fmt/format.h>

#include <chrono>

#include "output.h"
#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kInterval{1};

std::string show(std::int64_t bytes) {
  return command::show_bytes(static_cast<double>(bytes));
}

}  // namespace

Result<std::unique_ptr<SlotWatch>> SlotWatch::begin(const Member& live, std::int64_t limit) {
  auto server = Server::open(live.connection_string, live.name, live.owner(), live.host);
  if (!server) return tl::make_unexpected(server.error());
  return std::unique_ptr<SlotWatch>(new SlotWatch(std::move(*server), live.name, limit));
}

/// Looks once before it returns.
SlotWatch::SlotWatch(Server server, std::string name, std::int64_t limit)
    : server_(std::move(server)), name_(std::move(name)), limit_(limit) {
  if (look()) thread_ = std::thread([this] { watch(); });
}

SlotWatch::~SlotWatch() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  end_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Outcome SlotWatch::check() {
  const std::lock_guard lock(mutex_);
  if (given_up_) return tl::make_unexpected(*given_up_);
  return {};
}

/// It can't connect again: that would take another user's identity from what runs beside it.
void SlotWatch::watch() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (end_.wait_for(lock, kInterval, [this] { return ends_; })) return;
    }
    if (!look()) return;
  }
}

/// Returns whether there is more to see.
bool SlotWatch::look() {
  const auto slot = server_.query(
      "SELECT slot_name, pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)::bigint, "
      "pg_catalog.to_jsonb(s) ->> 'safe_wal_size' FROM pg_catalog.pg_replication_slots AS s WHERE database = "
      "pg_catalog.current_database() AND slot_name ~ '^pghaul_live_[0-9]+_[0-9]+_s$' AND restart_lsn IS NOT "
      "NULL");
  if (!slot) {
    warn(fmt::format("nobody watches any more what {} keeps until the conversion has ended: {}", name_,
                     slot.error().message));
    return false;
  }
  if (slot->empty()) return true;
  const std::int64_t held = std::stoll(slot->front()[1]);
  if (limit_ > 0 && held >= limit_) return give_up(slot->front()[0], held);
  if (limit_ > 0 && held >= limit_ / 5 * 4)
    warn_once(warned_of_limit_, fmt::format("{} keeps {} of WAL for the conversion; at {} it is given up "
                                            "(--slot-limit)",
                                            name_, show(held), show(limit_)));
  const std::string& safe = slot->front()[2];
  if (!safe.empty() && std::stoll(safe) < held / 4)
    warn_once(
        warned_of_server_,
        fmt::format("{} keeps {} of WAL for the conversion; when it has to keep {} more, it gives that up "
                    "(max_slot_wal_keep_size), and the conversion is lost",
                    name_, show(held), show(std::stoll(safe))));
  return true;
}

/// One that is in use is tried again: it is being made.
bool SlotWatch::give_up(const std::string& slot, std::int64_t held) {
  const auto dropped = server_.query(
      "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM "
      "pg_catalog.pg_replication_slots WHERE NOT active AND slot_name = " +
      server_.literal(slot));
  if (!dropped || dropped->empty()) return true;
  const std::lock_guard lock(mutex_);
  given_up_ =
      Failure{PGHAUL_EXIT_REFUSED,
              fmt::format("{} kept {} of WAL for the conversion, more than --slot-limit allows ({}), and "
                          "keeps nothing any more",
                          name_, show(held), show(limit_)),
              {}};
  return false;
}

void SlotWatch::warn_once(bool& warned, const std::string& message) {
  if (!warned) warn(message);
  warned = true;
}

}  // namespace pghaul::platform
