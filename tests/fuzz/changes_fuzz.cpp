// A stream of pgoutput: each message has its length, in two bytes, in front. Whatever the decoder takes is
// read whole: written down again it is the same bytes. What it gives lies within the message, and a row has a
// value for each column.

#include <algorithm>
#include <span>
#include <string>

#include "changes/decoder.h"
#include "fuzz/fuzz.h"
#include "support/pgoutput.h"

namespace {

using namespace pghaul::changes;
using pghaul::support::PgoutputMessage;

struct Writer {
  std::string_view message;  // for what the values don't have

  std::string operator()(const Begin& begin) const {
    return PgoutputMessage('B')
        .int64(begin.commit_lsn.value)
        .int64(begin.committed_at)
        .int32(begin.xid)
        .bytes();
  }
  std::string operator()(const Commit& commit) const {
    return PgoutputMessage('C')
        .int8(0)
        .int64(commit.commit_lsn.value)
        .int64(commit.end_lsn.value)
        .int64(commit.committed_at)
        .bytes();
  }
  std::string operator()(const Description& description) const {
    const Relation& relation = *description.relation;
    const bool unnamed = message.size() > 5 && message[5] == '\0';
    PgoutputMessage bytes('R');
    bytes.int32(relation.oid).text(unnamed ? "" : relation.schema).text(relation.name);
    bytes.letter(static_cast<char>(relation.identity))
        .int16(static_cast<std::uint16_t>(relation.columns.size()));
    for (const Column& column : relation.columns) {
      bytes.int8(column.in_identity).text(column.name).int32(column.type).int32(column.modifier);
    }
    return bytes.bytes();
  }
  std::string operator()(const Insert& insert) const {
    require(insert.row.size() == insert.relation->columns.size(), "an INSERT has a value for each column");
    return PgoutputMessage('I').int32(insert.relation->oid).letter('N').row(insert.row).bytes();
  }
  std::string operator()(const Update& update) const {
    PgoutputMessage bytes('U');
    bytes.int32(update.relation->oid);
    if (update.old_kind != OldRow::none) bytes.letter(static_cast<char>(update.old_kind)).row(update.old);
    require(update.row.size() == update.relation->columns.size(), "an UPDATE has a value for each column");
    return bytes.letter('N').row(update.row).bytes();
  }
  std::string operator()(const Delete& removed) const {
    require(removed.old.size() == removed.relation->columns.size(), "a DELETE has a value for each column");
    return PgoutputMessage('D')
        .int32(removed.relation->oid)
        .letter(static_cast<char>(removed.old_kind))
        .row(removed.old)
        .bytes();
  }
  std::string operator()(const Truncate& truncate) const {
    PgoutputMessage bytes('T');
    bytes.int32(static_cast<std::uint32_t>(truncate.relations.size()))
        .int8(truncate.cascade | truncate.restart_identity << 1);
    for (const Relation* relation : truncate.relations) bytes.int32(relation->oid);
    return bytes.bytes();
  }
  std::string operator()(const Origin& origin) const {
    return PgoutputMessage('O').int64(origin.commit_lsn.value).text(origin.name).bytes();
  }
  std::string operator()(const Type& type) const {
    return PgoutputMessage('Y').int32(type.oid).text(type.schema).text(type.name).bytes();
  }
  std::string operator()(const Emitted& emitted) const {
    return PgoutputMessage('M')
        .int8(emitted.transactional)
        .int64(emitted.lsn.value)
        .text(emitted.prefix)
        .counted(emitted.content)
        .bytes();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  Decoder decoder;
  while (rest.size() >= 2) {
    const std::size_t length = static_cast<unsigned char>(rest[0]) << 8 | static_cast<unsigned char>(rest[1]);
    const std::string message(rest.substr(2, length));  // memory of its own: reads beyond it are seen
    rest.remove_prefix(std::min(rest.size(), 2 + length));
    const pghaul::Result<Message> decoded = decoder.decode(std::as_bytes(std::span(message)));
    if (!decoded) {
      require(!decoded.error().message.empty(), "a refusal says why");
      continue;
    }
    require(std::visit(Writer{message}, *decoded) == message, "a message is read whole");
  }
  return 0;
}
