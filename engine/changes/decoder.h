#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "changes/message.h"

namespace pghaul::changes {

/// Reads the messages of the output plugin pgoutput, protocol version 1, values as text.
///
/// Believes nothing: each length is checked against the message, each change against its transaction and the
/// description of its table, and a message of an unknown kind is an error.
/// Memory     the descriptions of tables, and one row's places.
/// Threads    one at a time.
/// Errors     server_error: the stream is not what this version of the protocol allows.
/// Source     PostgreSQL's src/backend/replication/logical/proto.c.
class Decoder {
 public:
  /// Gives what `bytes`, one whole message, say: good until the next call, and as long as `bytes` are.
  [[nodiscard]] Result<Message> decode(std::span<const std::byte> bytes);
  /// Does as decode(), for a message in the caller's own memory that a zero byte stands behind: after it, one
  /// stands behind each text, too.
  [[nodiscard]] Result<Message> decode_in_place(std::span<char> bytes);
  /// A transaction has begun, and its commit has not come yet.
  [[nodiscard]] bool in_transaction() const noexcept { return open_.has_value(); }

 private:
  class Reader;
  [[nodiscard]] Result<Message> read(char kind, Reader& reader);
  [[nodiscard]] Result<Message> begin(Reader& reader);
  [[nodiscard]] Result<Message> commit(Reader& reader);
  [[nodiscard]] Result<Message> describe(Reader& reader);
  [[nodiscard]] Result<Message> insert(Reader& reader);
  [[nodiscard]] Result<Message> update(Reader& reader);
  [[nodiscard]] Result<Message> remove(Reader& reader);
  [[nodiscard]] Result<Message> truncate(Reader& reader);

  [[nodiscard]] Result<const Relation*> relation(Reader& reader);
  /// Reads a row's values into `values`.
  [[nodiscard]] Status read_row(Reader& reader, const Relation& relation, bool is_old,
                                std::vector<Value>& values);

  std::unordered_map<std::uint32_t, Relation> relations_;  // by OID
  std::optional<Begin> open_;
  std::vector<Value> old_;
  std::vector<Value> new_;
  std::vector<const Relation*> truncated_;
};

}  // namespace pghaul::changes
