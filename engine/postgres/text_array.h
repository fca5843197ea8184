#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pghaul::postgres {

/// A value of type text[] in its binary format, made of one element or more.
///
/// Threads  one at a time.
/// Source   PostgreSQL's src/backend/utils/adt/arrayfuncs.c, array_recv().
class TextArray {
 public:
  TextArray() { clear(); }
  void clear();
  /// Nothing: NULL.
  void add(std::optional<std::string_view> element);
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }
  /// Returns the value of all elements so far; good until the next change.
  [[nodiscard]] const std::string& value();

 private:
  std::string bytes_;
  std::uint32_t elements_ = 0;
  bool has_null_ = false;
};

}  // namespace pghaul::postgres
