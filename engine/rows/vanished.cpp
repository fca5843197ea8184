#include "rows/vanished.h"

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

constexpr std::size_t kFoundAtOnce = 10'000;

/// The keys of one side, in order.
class Keys {
 public:
  static Result<Keys> read(postgres::Connection& server, const ComparedTable& table,
                           const std::vector<Range>& ranges, bool located) {
    Result<postgres::CopyOut> rows =
        postgres::CopyOut::begin(server, copy_keys_sql(table.first(), table.key, ranges, located),
                                 postgres::CopyFormat::binary, "keys of " + shown(table.first().name));
    if (!rows) return fail(rows.error());
    return Keys(std::move(*rows), table, located);
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
    const std::size_t before = located_ ? 1 : 0;
    if (fields_.size() != table_->key.columns.size() + before)
      return fail(ErrorCode::server_error, "the server sent a key that is none");
    key_.clear();
    for (std::size_t i = 0; i < table_->key.columns.size(); ++i)
      append_sortable(table_->key.columns[i].type, value_of_binary(fields_[i + before]), key_);
    return true;
  }

  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  [[nodiscard]] Locator place() const {
    const std::string_view ctid = value_of_binary(fields_.front());
    const auto number = [&](std::size_t from, std::size_t to) {
      std::uint32_t value = 0;
      for (std::size_t i = from; i < to; ++i) value = value << 8 | static_cast<unsigned char>(ctid[i]);
      return value;
    };
    return {.relation = table_->parts.front().place,
            .block = number(0, 4),
            .line = static_cast<std::uint16_t>(number(4, 6))};
  }

 private:
  Keys(postgres::CopyOut rows, const ComparedTable& table, bool located)
      : rows_(std::move(rows)), table_(&table), located_(located) {}

  postgres::CopyOut rows_;
  const ComparedTable* table_;
  bool located_;
  pipeline::Chunk buffer_{256_KiB};
  std::size_t row_ = 0;
  std::vector<std::string_view> fields_;  // of the present key, in the buffer
  std::string key_;
};

}  // namespace

Result<std::uint64_t> find_vanished(postgres::Connection& source, postgres::Connection& target,
                                    const ComparedTable& table, const std::vector<Range>& ranges,
                                    const std::function<Status(const std::vector<Locator>&)>& found) {
  Result<Keys> here = Keys::read(source, table, ranges, false);
  if (!here) return fail(here.error());
  Result<Keys> there = Keys::read(target, table, ranges, true);
  if (!there) return fail(there.error());
  std::uint64_t count = 0;
  std::vector<Locator> places;
  Result<bool> more_here = here->next();
  Result<bool> more_there = there->next();
  while (more_here && more_there && *more_there) {
    if (*more_here && here->key() < there->key()) {
      more_here = here->next();
      continue;
    }
    if (!*more_here || here->key() != there->key()) {
      places.push_back(there->place());
      ++count;
    }
    if (places.size() >= kFoundAtOnce) {
      if (const Status taken = found(std::exchange(places, {})); !taken) return fail(taken.error());
    }
    more_there = there->next();
  }
  while (more_here && *more_here) more_here = here->next();
  if (!more_here) return fail(more_here.error());
  if (!more_there) return fail(more_there.error());
  if (const Status taken = found(places); !taken) return fail(taken.error());
  return count;
}

}  // namespace pghaul::rows
