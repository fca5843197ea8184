#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "changes/message.h"

namespace pghaul::support {

/// Writes a message of pgoutput field by field, for tests of whoever reads them.
/// Source  PostgreSQL manual, protocol, "Logical Replication Message Formats".
class PgoutputMessage {
 public:
  explicit PgoutputMessage(char kind) : bytes_(1, kind) {}

  PgoutputMessage& int8(std::uint8_t value) { return number(value, 1); }
  PgoutputMessage& int16(std::uint16_t value) { return number(value, 2); }
  PgoutputMessage& int32(std::uint32_t value) { return number(value, 4); }
  PgoutputMessage& int64(std::uint64_t value) { return number(value, 8); }
  PgoutputMessage& letter(char letter) { return int8(static_cast<std::uint8_t>(letter)); }
  /// A text with the zero byte that ends it.
  PgoutputMessage& text(std::string_view text) {
    bytes_ += text;
    return letter('\0');
  }
  PgoutputMessage& counted(std::string_view text) {
    int32(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  PgoutputMessage& row(changes::Row row) {
    int16(static_cast<std::uint16_t>(row.size()));
    for (const changes::Value& value : row) {
      letter(static_cast<char>(value.kind));
      if (value.kind == changes::Value::Kind::text) counted(value.text);
    }
    return *this;
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  PgoutputMessage& number(std::uint64_t value, int bytes) {
    while (bytes-- > 0) bytes_ += static_cast<char>(value >> (8 * bytes) & 0xFF);
    return *this;
  }

  std::string bytes_;
};

}  // namespace pghaul::support
