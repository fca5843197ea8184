#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// A sequence of the server that a switchover closes, as the other server has to have it.
struct Sequence {
  std::string name;  // quoted
  std::int64_t value = 0;
  bool called = false;     // the next number comes after `value`, which otherwise is itself the next
  std::string definition;  // "INCREMENT 1 MINVALUE 1 …": its own, which closing has changed
};

/// Sequences of a server that is closed: none of them ever gives out a number that the other server gives.
///
/// ALTER SEQUENCE takes a lock that nextval() and setval() wait for, those of superusers, too. The range is
/// narrowed to the numbers around the value, and the step to more than that range: when the transaction
/// commits, nextval() fails, as it has reached the sequence's maximum. Under the lock the value is read.
/// Numbers that a session has in its cache lie before the value.
///
/// Threads  values only; those that take a connection: the connection's.
/// Source   PostgreSQL's src/backend/commands/sequence.c: AlterSequence(), nextval_internal(), since 10.
class SequenceFence {
 public:
  /// `name`: of the registration, after which the function is called that closes.
  explicit SequenceFence(std::string name) : name_(std::move(name)) {}

  /// Lists the sequences that are there and that `other` has, too, by their OIDs. Errors  refused: the role
  /// doesn't own one of them; `other` lacks one, unless the copy is `partial`.
  [[nodiscard]] static Result<std::vector<std::uint32_t>> choose(postgres::Connection& server,
                                                                 postgres::Connection& other, bool partial);
  [[nodiscard]] Status create_function(postgres::Connection& server) const;
  [[nodiscard]] Status remove(postgres::Connection& server) const;
  /// Closes them, in the transaction that `server` is in. Errors  that of was_locked(): a session whose
  /// transaction has taken a number of one keeps it.
  [[nodiscard]] Result<std::vector<Sequence>> close(postgres::Connection& server,
                                                    const std::vector<std::uint32_t>& chosen) const;

 private:
  [[nodiscard]] std::string function() const;

  std::string name_;
};

/// Reads the sequences of a server that is open and that `other` has, too: with the next number that each
/// gives, about.
[[nodiscard]] Result<std::vector<Sequence>> read_sequences(postgres::Connection& server,
                                                           postgres::Connection& other);
/// Gives the sequences of a closed server their own definitions again, where closing has changed them, and
/// leaves them at their last number: so set_sequences(), for which everybody waits, has to alter none. Those
/// that cycle have no last number, and are left as they are.
[[nodiscard]] Status prepare_sequences(postgres::Connection& closed, const std::vector<Sequence>& sequences);
/// Gives a server's sequences these values, and these definitions where its own are other ones, as those of a
/// server are that was closed once.
[[nodiscard]] Status set_sequences(postgres::Connection& server, const std::vector<Sequence>& sequences);

}  // namespace pghaul::fencing
