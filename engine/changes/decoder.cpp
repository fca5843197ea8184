#include "changes/decoder.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pghaul::changes {
namespace {

constexpr std::uint8_t kCascade = 1;
constexpr std::uint8_t kRestartIdentity = 2;
constexpr std::uint8_t kInIdentity = 1;

tl::unexpected<Error> malformed(const std::string& how) {
  return fail(ErrorCode::server_error,
              "the source's stream of changes is not of pgoutput's protocol: " + how);
}

std::string shown(char kind) {
  return kind > ' ' && kind < '\x7F' ? fmt::format("'{}'", kind)
                                     : fmt::format("0x{:02x}", static_cast<unsigned char>(kind));
}

std::string shown(const Relation& relation) {
  return relation.schema + "." + relation.name;
}

bool is_identity(char letter) {
  return letter == 'd' || letter == 'n' || letter == 'f' || letter == 'i';
}

}  // namespace

/// Takes numbers and texts off the front of a message. What is beyond its end reads as 0 or nothing, and
/// makes whole() false, so that a caller asks once, after the last field of a part.
class Decoder::Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes)
      : left_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  template <typename Number>
  Number number() {
    std::make_unsigned_t<Number> value = 0;
    for (const char c : bytes(sizeof(Number))) {
      value = static_cast<decltype(value)>(std::uint64_t{value} << 8 | static_cast<unsigned char>(c));
    }
    return static_cast<Number>(value);
  }
  char letter() { return number<char>(); }
  Lsn lsn() { return {number<std::uint64_t>()}; }
  /// A text that ends in a zero byte.
  std::string_view text() {
    const std::size_t end = left_.find('\0');
    if (end == std::string_view::npos) {
      bytes(left_.size() + 1);
      return {};
    }
    return bytes(end + 1).substr(0, end);
  }
  std::string_view bytes(std::size_t count) {
    if (count > left_.size()) {
      whole_ = false;
      left_ = {};
      return {};
    }
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  [[nodiscard]] bool whole() const noexcept { return whole_; }
  [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }

 private:
  std::string_view left_;
  bool whole_ = true;
};

Result<Message> Decoder::decode(std::span<const std::byte> bytes) {
  if (bytes.empty()) return malformed("a message is empty");
  Reader reader(bytes);
  const char kind = reader.letter();
  Result<Message> message = read(kind, reader);
  if (!message) return message;
  if (!reader.whole()) return malformed("a message of kind " + shown(kind) + " ends too early");
  if (reader.left() > 0) return malformed("a message of kind " + shown(kind) + " goes on after its end");
  return message;
}

/// What stands behind a text, kind and length of the next value, has been read by then.
Result<Message> Decoder::decode_in_place(std::span<char> bytes) {
  Result<Message> message = decode(std::as_bytes(bytes));
  if (!message) return message;
  const auto terminate = [&](std::vector<Value>& row) {
    for (Value& value : row) {
      if (value.kind != Value::Kind::text) continue;
      const auto end = static_cast<std::size_t>(value.text.data() - bytes.data()) + value.text.size();
      if (end < bytes.size()) bytes[end] = '\0';
      value.terminated = true;
    }
  };
  const auto* const update = std::get_if<Update>(&*message);
  const bool has_old =
      std::holds_alternative<Delete>(*message) || (update != nullptr && update->old_kind != OldRow::none);
  if (has_old) terminate(old_);
  if (update != nullptr || std::holds_alternative<Insert>(*message)) terminate(new_);
  return message;
}

Result<Message> Decoder::read(char kind, Reader& reader) {
  const bool belongs_to_transaction = std::string_view("CIUDTO").find(kind) != std::string_view::npos;
  if (belongs_to_transaction && !open_) {
    return malformed("a message of kind " + shown(kind) + " came outside of a transaction");
  }
  switch (kind) {
    case 'B':
      return begin(reader);
    case 'C':
      return commit(reader);
    case 'R':
      return describe(reader);
    case 'I':
      return insert(reader);
    case 'U':
      return update(reader);
    case 'D':
      return remove(reader);
    case 'T':
      return truncate(reader);
    case 'O': {
      const Lsn commit_lsn = reader.lsn();
      return Origin{.commit_lsn = commit_lsn, .name = reader.text()};
    }
    case 'Y': {
      const auto oid = reader.number<std::uint32_t>();
      const std::string_view schema = reader.text();
      return Type{.oid = oid, .schema = schema, .name = reader.text()};
    }
    case 'M': {
      const auto flags = reader.number<std::uint8_t>();
      if (flags > 1) return malformed("an emitted message has unknown flags");
      Emitted emitted{
          .transactional = flags == 1, .lsn = reader.lsn(), .prefix = reader.text(), .content = {}};
      emitted.content = reader.bytes(reader.number<std::uint32_t>());
      return emitted;
    }
    default:
      return malformed("a message is of kind " + shown(kind) + ", which is not known");
  }
}

Result<Message> Decoder::begin(Reader& reader) {
  if (open_) return malformed("a transaction began within another one");
  Begin begin;
  begin.commit_lsn = reader.lsn();
  begin.committed_at = reader.number<std::int64_t>();
  begin.xid = reader.number<std::uint32_t>();
  if (reader.whole()) open_ = begin;
  return begin;
}

Result<Message> Decoder::commit(Reader& reader) {
  const auto flags = reader.number<std::uint8_t>();
  Commit commit;
  commit.commit_lsn = reader.lsn();
  commit.end_lsn = reader.lsn();
  commit.committed_at = reader.number<std::int64_t>();
  if (!reader.whole()) return commit;
  if (flags != 0) return malformed("a commit has unknown flags");
  if (commit.commit_lsn != open_->commit_lsn || commit.end_lsn <= commit.commit_lsn) {
    return malformed(fmt::format("the transaction that was to be committed at {} was committed from {} to {}",
                                 lsn_text(open_->commit_lsn), lsn_text(commit.commit_lsn),
                                 lsn_text(commit.end_lsn)));
  }
  open_.reset();
  return commit;
}

Result<Message> Decoder::describe(Reader& reader) {
  Relation relation;
  relation.oid = reader.number<std::uint32_t>();
  relation.schema = reader.text();
  if (relation.schema.empty()) relation.schema = "pg_catalog";  // which the protocol leaves out
  relation.name = reader.text();
  const char identity = reader.letter();
  const auto columns = reader.number<std::uint16_t>();
  for (std::uint16_t i = 0; i < columns && reader.whole(); ++i) {
    Column column;
    const auto flags = reader.number<std::uint8_t>();
    column.name = reader.text();
    column.type = reader.number<std::uint32_t>();
    column.modifier = reader.number<std::int32_t>();
    column.in_identity = flags == kInIdentity;
    if (flags > kInIdentity) return malformed("a column of " + shown(relation) + " has unknown flags");
    relation.columns.push_back(std::move(column));
  }
  if (!reader.whole()) return Description{};
  if (!is_identity(identity)) {
    return malformed("the replica identity of " + shown(relation) + " is of kind " + shown(identity) +
                     ", which is not known");
  }
  relation.identity = static_cast<Identity>(identity);
  Relation& known = relations_[relation.oid];
  known = std::move(relation);
  return Description{&known};
}

Result<Message> Decoder::insert(Reader& reader) {
  const Result<const Relation*> of = relation(reader);
  if (!of) return fail(of.error());
  const char kind = reader.letter();
  if (reader.whole() && kind != 'N') return malformed("an INSERT has a row of kind " + shown(kind));
  if (const Status read = read_row(reader, **of, false, new_); !read) return fail(read.error());
  return Insert{.relation = *of, .row = new_};
}

Result<Message> Decoder::update(Reader& reader) {
  const Result<const Relation*> of = relation(reader);
  if (!of) return fail(of.error());
  Update update{.relation = *of, .old_kind = OldRow::none, .old = {}, .row = {}};
  char kind = reader.letter();
  if (kind == 'K' || kind == 'O') {
    update.old_kind = static_cast<OldRow>(kind);
    if (const Status read = read_row(reader, **of, true, old_); !read) return fail(read.error());
    update.old = old_;
    kind = reader.letter();
  }
  if (reader.whole() && kind != 'N') return malformed("an UPDATE has a row of kind " + shown(kind));
  if (const Status read = read_row(reader, **of, false, new_); !read) return fail(read.error());
  update.row = new_;
  return update;
}

Result<Message> Decoder::remove(Reader& reader) {
  const Result<const Relation*> of = relation(reader);
  if (!of) return fail(of.error());
  const char kind = reader.letter();
  if (reader.whole() && kind != 'K' && kind != 'O') {
    return malformed("a DELETE has a row of kind " + shown(kind));
  }
  if (const Status read = read_row(reader, **of, true, old_); !read) return fail(read.error());
  return Delete{.relation = *of, .old_kind = static_cast<OldRow>(kind), .old = old_};
}

Result<Message> Decoder::truncate(Reader& reader) {
  const auto count = reader.number<std::uint32_t>();
  const auto flags = reader.number<std::uint8_t>();
  if ((flags & ~(kCascade | kRestartIdentity)) != 0) return malformed("a TRUNCATE has unknown flags");
  truncated_.clear();
  for (std::uint32_t i = 0; i < count && reader.whole(); ++i) {
    const Result<const Relation*> of = relation(reader);
    if (!of) return fail(of.error());
    truncated_.push_back(*of);
  }
  return Truncate{.relations = truncated_,
                  .cascade = (flags & kCascade) != 0,
                  .restart_identity = (flags & kRestartIdentity) != 0};
}

Result<const Relation*> Decoder::relation(Reader& reader) {
  const auto oid = reader.number<std::uint32_t>();
  if (!reader.whole()) return malformed("a change ends before its table");
  const auto known = relations_.find(oid);
  if (known == relations_.end()) {
    return malformed(fmt::format("a change is of the table with OID {}, which was not described", oid));
  }
  return &known->second;
}

Status Decoder::read_row(Reader& reader, const Relation& relation, bool is_old, std::vector<Value>& values) {
  values.clear();
  const auto count = reader.number<std::uint16_t>();
  if (!reader.whole()) return malformed("a change of " + shown(relation) + " ends before its row");
  if (count != relation.columns.size()) {
    return malformed(fmt::format("a row of {} has {} values for {} columns", shown(relation), count,
                                 relation.columns.size()));
  }
  for (std::uint16_t i = 0; i < count; ++i) {
    const char kind = reader.letter();
    if (!reader.whole()) return malformed("a row of " + shown(relation) + " ends too early");
    Value value{.kind = static_cast<Value::Kind>(kind), .text = {}};
    switch (value.kind) {
      case Value::Kind::null:
        break;
      case Value::Kind::unchanged:
        if (is_old) return malformed("an old row of " + shown(relation) + " leaves a value out");
        break;
      case Value::Kind::text:
        value.text = reader.bytes(reader.number<std::uint32_t>());
        if (!reader.whole()) return malformed("a row of " + shown(relation) + " ends too early");
        if (value.text.find('\0') != std::string_view::npos) {
          return malformed("a value of " + shown(relation) + " has a zero byte");
        }
        break;
      default:
        return malformed("a value of " + shown(relation) + " is of kind " + shown(kind) +
                         ", which is not known");
    }
    values.push_back(value);
  }
  return {};
}

}  // namespace pghaul::changes
