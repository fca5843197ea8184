#include "follow/server_feed.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/wait_for.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"

namespace pghaul::follow {
namespace {

using postgres::Slot;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSlotPause{50};
constexpr const char* kCopyAgain = "the changes in between can't be had any more: copy again";

/// The source is the one that the target's rows came from, and has not gone back in time.
Status check_source(postgres::Connection& source, const Progress& progress) {
  const Result<postgres::SystemIdentity> now = postgres::identify_system(source);
  if (!now) return fail(now.error());
  if (now->system_identifier != progress.system_identifier) {
    return fail(ErrorCode::refused,
                fmt::format("the source is another server than the one that the target follows: its system "
                            "identifier is {}, not {}",
                            now->system_identifier, progress.system_identifier),
                "give the connection string of the server that was copied");
  }
  if (now->wal_end < progress.position) {
    return fail(ErrorCode::refused,
                fmt::format("the source is at {}, and the target has its changes up to {}: the source was "
                            "restored to an older state",
                            lsn_text(now->wal_end), lsn_text(progress.position)),
                kCopyAgain);
  }
  return {};
}

Status check_slot(const std::optional<Slot>& slot, const Progress& progress, const std::string& database) {
  const std::string name = "replication slot " + progress.slot + " of the source";
  if (!slot) return fail(ErrorCode::refused, name + " is gone", kCopyAgain);
  if (slot->invalid) {
    return fail(ErrorCode::refused, name + " is of no use: the source has removed WAL that it needs",
                "copy again, with a larger max_slot_wal_keep_size on the source");
  }
  if (slot->plugin != "pgoutput" || slot->database != database) {
    return fail(ErrorCode::refused, fmt::format("{} is of plugin {} and database {}, not of pgoutput and {}",
                                                name, slot->plugin, slot->database, database));
  }
  if (slot->confirmed > progress.position) {
    return fail(
        ErrorCode::refused,
        fmt::format("the target has changes up to {}, and {} gives none before {}: the target lost changes "
                    "that it had, as after a restore to an older state, or the slot was made anew",
                    lsn_text(progress.position), name, lsn_text(slot->confirmed)),
        kCopyAgain);
  }
  return {};
}

/// Returns once nobody reads from the slot: the server keeps it for an earlier reader until it sees that he
/// has gone.
Status await_slot(postgres::Connection& source, const Progress& progress, const std::stop_token& stop) {
  const auto deadline = steady_clock::now() + source.effective().silence_limit();
  for (;;) {
    const Result<std::optional<Slot>> slot = postgres::find_slot(source, progress.slot);
    if (!slot) return fail(slot.error());
    if (Status good = check_slot(*slot, progress, source.database()); !good) return good;
    if (!(*slot)->active) return {};
    if (steady_clock::now() > deadline) {
      return fail(ErrorCode::refused, "somebody else reads from replication slot " + progress.slot,
                  "stop the other pghaul, or end its session on the source (pg_stat_replication)");
    }
    if (!wait_for(kSlotPause, stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

}  // namespace

Result<ServerFeed> ServerFeed::open(const postgres::ConnectionString& source, const std::string& encoding,
                                    const Progress& progress, const std::vector<std::string>& publications,
                                    const std::stop_token& stop) {
  Result<postgres::Connection> connection =
      postgres::open_for_replication(source, postgres::Side::source, encoding, stop);
  if (!connection) return fail(connection.error());
  if (const Status same = check_source(*connection, progress); !same) return fail(same.error());
  if (const Status free = await_slot(*connection, progress, stop); !free) return fail(free.error());
  Result<postgres::ReplicationStream> stream = postgres::ReplicationStream::start(
      std::move(*connection),
      {.slot = progress.slot, .publications = publications, .from = progress.position});
  if (!stream) return fail(stream.error());
  return ServerFeed(std::make_unique<ReadAhead>(std::move(*stream)));
}

Result<Item> ServerFeed::next(milliseconds wait, const std::stop_token& stop) {
  using Kind = ReadAhead::Received::Kind;
  for (;;) {
    const Result<ReadAhead::Received> received = stream_->next(wait, stop);
    if (!received) return fail(received.error());
    if (received->kind == Kind::nothing) return Nothing{};
    if (received->kind == Kind::message) {
      Result<changes::Message> message = received->own.empty() ? decoder_.decode(received->message)
                                                               : decoder_.decode_in_place(received->own);
      if (!message) return fail(message.error());
      if (std::holds_alternative<changes::Emitted>(*message)) {
        return fail(ErrorCode::server_error, "the source streams messages that it was not asked for");
      }
      return std::move(*message);
    }
    // Within a transaction it says nothing of the others: changes come with older positions.
    if (!decoder_.in_transaction()) return Idle{received->server_end};
  }
}

}  // namespace pghaul::follow
