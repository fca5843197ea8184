#include "postgres/visible_transactions.h"

#include <algorithm>
#include <charconv>

namespace pghaul::postgres {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes what stands before `separator` off `text`; all of it where there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return taken;
}

}  // namespace

std::optional<VisibleTransactions> VisibleTransactions::parse(std::string_view snapshot) {
  VisibleTransactions seen;
  const std::optional<std::uint64_t> begin = number(take_until(snapshot, ':'));
  const std::optional<std::uint64_t> end = number(take_until(snapshot, ':'));
  if (!begin || !end) return std::nullopt;
  seen.begin_ = *begin;
  seen.end_ = *end;
  while (!snapshot.empty()) {
    const std::optional<std::uint64_t> xid = number(take_until(snapshot, ','));
    if (!xid) return std::nullopt;
    seen.running_.push_back(*xid);
  }
  std::ranges::sort(seen.running_);
  return seen;
}

/// Widens the transaction's number by the snapshot's end.
bool VisibleTransactions::sees(std::uint32_t xid) const {
  const auto distance = static_cast<std::int32_t>(xid - static_cast<std::uint32_t>(end_));
  if (distance >= 0) return false;
  const std::uint64_t full = end_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
  return !std::ranges::binary_search(running_, full);
}

}  // namespace pghaul::postgres
