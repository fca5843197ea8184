#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::estimate {

/// A schema of our own on the target, for trying things out. Everything else on the target stays as it is.
///
/// Ownership  the schema is dropped when this is destroyed; one that a killed run has left, by open().
/// Threads    one at a time.
/// Waiting    some seconds at most for another session's lock.
/// Errors     refused when another program made a schema of that name, or while another run has it in use.
class Scratch {
 public:
  static constexpr const char* kSchema = "pghaul_scratch";

  [[nodiscard]] static Result<Scratch> open(const postgres::ConnectionString& server,
                                            const std::string& encoding, const std::stop_token& stop);
  ~Scratch();
  Scratch(Scratch&&) = default;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] postgres::Connection& connection() noexcept { return *connection_; }

 private:
  explicit Scratch(std::unique_ptr<postgres::Connection> connection) : connection_(std::move(connection)) {}

  std::unique_ptr<postgres::Connection> connection_;  // empty once moved from
};

}  // namespace pghaul::estimate
