#include "schema/archive_tablespaces.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>

namespace pghaul::schema {
namespace {

constexpr int kOldest = 0x010C;                    // 1.12
constexpr int kWithAccessMethod = 0x010E;          // 1.14
constexpr int kWithCompressionAlgorithm = 0x010F;  // 1.15
constexpr int kNewest = 0x0110;                    // 1.16, which has the kind of relation, too
constexpr char kHasData = 2;                       // K_OFFSET_POS_SET

/// Reads an archive, and keeps what it has read with what takes the place of some of it.
class Rewriter {
 public:
  Rewriter(const std::string& archive, const std::map<std::string, std::string>& names)
      : archive_(archive), names_(names) {}

  [[nodiscard]] Result<std::string> run() {
    if (!skip_head()) return unknown();
    const std::optional<long> entries = integer();
    if (!entries || *entries < 0) return unknown();
    for (long entry = 0; entry < *entries; ++entry) {
      if (!entry_rewritten()) return unknown();
    }
    return written_ + archive_.substr(kept_);
  }

 private:
  [[nodiscard]] static tl::unexpected<Error> unknown() {
    return fail(ErrorCode::program_failed,
                "the schema as pg_dump wrote it can't be read here, to rename its tablespaces",
                "leave --map-tablespace out, or pass --no-tablespaces");
  }

  [[nodiscard]] std::optional<unsigned char> byte() {
    if (at_ >= archive_.size()) return std::nullopt;
    return static_cast<unsigned char>(archive_[at_++]);
  }
  /// Reads a sign and the bytes of a number, the lowest first.
  [[nodiscard]] std::optional<long> integer() {
    const std::optional<unsigned char> sign = byte();
    long value = 0;
    for (int i = 0; i < bytes_of_integer_; ++i) {
      const std::optional<unsigned char> one = byte();
      if (!one) return std::nullopt;
      if (i < 4) value |= static_cast<long>(*one) << (8 * i);
    }
    return sign ? std::optional(*sign == 0 ? value : -value) : std::nullopt;
  }
  /// Reads a text; a null pointer has the length -1.
  [[nodiscard]] bool text(std::string_view* read = nullptr, bool* null = nullptr) {
    const std::optional<long> length = integer();
    if (!length) return false;
    if (null != nullptr) *null = *length < 0;
    if (*length < 0) return true;
    if (static_cast<std::size_t>(*length) > archive_.size() - at_) return false;
    if (read != nullptr) *read = std::string_view(archive_).substr(at_, static_cast<std::size_t>(*length));
    at_ += static_cast<std::size_t>(*length);
    return true;
  }
  [[nodiscard]] bool texts(int count) {
    for (int i = 0; i < count; ++i) {
      if (!text()) return false;
    }
    return true;
  }

  [[nodiscard]] bool skip_head() {
    constexpr std::string_view kMagic = "PGDMP";
    if (!archive_.starts_with(kMagic)) return false;
    at_ = kMagic.size();
    const auto major = byte();
    const auto minor = byte();
    const auto revision = byte();
    const auto integers = byte();
    const auto offsets = byte();
    const auto format = byte();
    if (!major || !minor || !revision || !integers || !offsets || !format) return false;
    version_ = *major << 8 | *minor;
    if (version_ < kOldest || version_ > kNewest) return false;
    bytes_of_integer_ = *integers;
    bytes_of_offset_ = *offsets;
    const bool compression =
        version_ >= kWithCompressionAlgorithm ? byte().has_value() : integer().has_value();
    constexpr int kTimes = 7;
    for (int i = 0; i < kTimes; ++i) {
      if (!integer()) return false;
    }
    return compression && texts(3);  // the database, and both versions
  }

  [[nodiscard]] bool entry_rewritten() {
    if (!integer() || !integer() || !texts(4)) return false;  // ids, OIDs, tag and description
    if (!integer() || !texts(4)) return false;                // section, statements, schema
    if (!tablespace()) return false;
    if (version_ >= kWithAccessMethod && !text()) return false;
    if (version_ >= kNewest && !integer()) return false;
    if (!texts(2)) return false;  // owner, with OIDs
    for (bool last = false; !last;) {
      if (!text(nullptr, &last)) return false;  // what it depends on
    }
    const std::optional<unsigned char> state = byte();
    if (!state || *state == kHasData) return false;  // rows further on would be looked for where they were
    at_ += static_cast<std::size_t>(bytes_of_offset_);
    return at_ <= archive_.size();
  }

  [[nodiscard]] bool tablespace() {
    const std::size_t start = at_;
    std::string_view name;
    if (!text(&name)) return false;
    const auto other = names_.find(std::string(name));
    if (name.empty() || other == names_.end()) return true;
    written_ += archive_.substr(kept_, start - kept_);
    written_ += '\0';  // a positive length
    for (int i = 0; i < bytes_of_integer_; ++i) {
      written_ += static_cast<char>(i < 4 ? other->second.size() >> (8 * i) & 0xFF : 0);
    }
    written_ += other->second;
    kept_ = at_;
    return true;
  }

  const std::string& archive_;
  const std::map<std::string, std::string>& names_;
  std::size_t at_ = 0;
  std::string written_;
  std::size_t kept_ = 0;  // up to here it has been written
  int version_ = 0;
  int bytes_of_integer_ = 4;
  int bytes_of_offset_ = 8;
};

}  // namespace

Result<std::string> with_tablespaces(const std::string& archive,
                                     const std::map<std::string, std::string>& names) {
  return Rewriter(archive, names).run();
}

}  // namespace pghaul::schema
