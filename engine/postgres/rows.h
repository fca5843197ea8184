#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pghaul::postgres {

/// The rows of one statement, as text, in memory.
///
/// Ownership  owns the result; string_views live as long as it does.
/// Errors     a value that is not of the asked kind is a defect in our SQL: asserts.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result) {}

  [[nodiscard]] int size() const noexcept { return PQntuples(result_.get()); }
  [[nodiscard]] bool is_null(int row, int column) const noexcept;
  /// Returns the value; empty when NULL.
  [[nodiscard]] std::string_view text(int row, int column) const noexcept;
  [[nodiscard]] std::string string(int row, int column) const { return std::string(text(row, column)); }
  /// Returns the value; 0 when NULL.
  [[nodiscard]] std::int64_t integer(int row, int column) const noexcept;
  [[nodiscard]] std::uint32_t oid(int row, int column) const noexcept;
  [[nodiscard]] double real(int row, int column) const noexcept;
  [[nodiscard]] bool boolean(int row, int column) const noexcept;
  /// Returns the elements of an array of OIDs or integers, given as text: {1,2}.
  [[nodiscard]] std::vector<std::uint32_t> oids(int row, int column) const;
  /// Returns the number of rows touched by the statement: "INSERT 0 5" gives 5.
  [[nodiscard]] std::int64_t affected() const noexcept;

 private:
  struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace pghaul::postgres
