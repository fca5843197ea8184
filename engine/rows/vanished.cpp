#include "rows/vanished.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.h"
#include "pipeline/chunk.h"
#include "postgres/copy_out.h"
#include "rows/fields.h"
#include "rows/range_sql.h"

namespace pghaul::rows {
namespace {

/// The keys of one side, in order.
class Keys {
 public:
  static Result<Keys> read(postgres::Connection& server, const ComparedTable& table,
                           const std::vector<Range>& ranges) {
    Result<postgres::CopyOut> rows =
        postgres::CopyOut::begin(server, copy_keys_sql(table.first(), table.key, ranges),
                                 postgres::CopyFormat::binary, "keys of " + shown(table.first().name));
    if (!rows) return fail(rows.error());
    return Keys(std::move(*rows), table);
  }

  /// Goes to the next key; false: there is none.
  Result<bool> next() {
    if (++row_ >= buffer_.rows()) {
      buffer_.clear();
      row_ = 0;
      if (const Status filled = rows_.fill(buffer_); !filled) return fail(filled.error());
      if (buffer_.empty()) return false;
    }
    split(as_text(buffer_.row(row_)), postgres::CopyFormat::binary, fields_);
    if (fields_.size() != table_->key.columns.size())
      return fail(ErrorCode::server_error, "the server sent a key that is none");
    key_.clear();
    for (std::size_t i = 0; i < table_->key.columns.size(); ++i)
      append_sortable(table_->key.columns[i].type, value_of_binary(fields_[i]), key_);
    return true;
  }

  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  /// Returns the present key as a row of COPY BINARY.
  [[nodiscard]] std::span<const std::byte> row() const noexcept { return buffer_.row(row_); }

 private:
  Keys(postgres::CopyOut rows, const ComparedTable& table) : rows_(std::move(rows)), table_(&table) {}

  postgres::CopyOut rows_;
  const ComparedTable* table_;
  pipeline::Chunk buffer_{256_KiB};
  std::size_t row_ = 0;
  std::vector<std::string_view> fields_;  // of the present key, in the buffer
  std::string key_;
};

}  // namespace

Result<std::uint64_t> find_vanished(postgres::Connection& source, postgres::Connection& target,
                                    const ComparedTable& table, const std::vector<Range>& ranges,
                                    pipeline::Sink& vanished) {
  Result<Keys> here = Keys::read(source, table, ranges);
  if (!here) return fail(here.error());
  Result<Keys> there = Keys::read(target, table, ranges);
  if (!there) return fail(there.error());
  std::uint64_t count = 0;
  pipeline::Chunk found(64_KiB);
  Result<bool> more_here = here->next();
  Result<bool> more_there = there->next();
  while (more_here && more_there && *more_there) {
    if (*more_here && here->key() < there->key()) {
      more_here = here->next();
      continue;
    }
    if (!*more_here || here->key() != there->key()) {
      if (!found.has_room_for(there->row().size())) {
        if (const Status taken = vanished.drain(found); !taken) return fail(taken.error());
        found.clear();
      }
      found.append(there->row());
      ++count;
    }
    more_there = there->next();
  }
  while (more_here && *more_here) more_here = here->next();
  if (!more_here) return fail(more_here.error());
  if (!more_there) return fail(more_there.error());
  if (found.empty()) return count;
  if (const Status taken = vanished.drain(found); !taken) return fail(taken.error());
  return count;
}

}  // namespace pghaul::rows
