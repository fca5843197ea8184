#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "changes/message.h"

namespace pghaul::follow {

/// A transaction that wrote to a server which a switchover has closed.
struct LateWrite {
  std::uint32_t xid = 0;  // without its epoch
  std::string change;     // the first one, for people: "INSERT into public.accounts, (id) = (5)"
  std::string table;
  std::size_t changes = 0;
};

/// Finds, in the stream of a closed server, transactions that are not those of whoever applies the other
/// server's changes there. The latter write to a table of pghaul's own in each of their transactions.
///
/// Threads  one at a time.
class LateWrites {
 public:
  explicit LateWrites(std::string own_schema) : own_schema_(std::move(own_schema)) {}

  /// Takes the next message. At the end of such a transaction it returns it.
  [[nodiscard]] std::optional<LateWrite> see(const changes::Message& message);

 private:
  void note(const changes::Relation& relation, const char* verb, changes::Row row);

  std::string own_schema_;
  LateWrite present_;
  bool own_ = false;  // the present transaction is pghaul's
};

}  // namespace pghaul::follow
