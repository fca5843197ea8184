#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pghaul::schema {

/// An object that pg_restore could not create, and the reason.
struct Failure {
  std::string object;
  std::string reason;
};

// Recognize libpq's messages, not the server's, in errors of pg_dump or pg_restore.
[[nodiscard]] bool tells_of_lost_connection(std::string_view complaint);
[[nodiscard]] bool tells_of_failed_connection(std::string_view complaint);

/// Turns the output of pg_restore --verbose, line by line, into failures. Statements are never quoted: they
/// may hold the passwords of user mappings and subscriptions.
/// Source  PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c, warn_or_exit_horribly(), in the C locale.
class RestoreLog {
 public:
  void read(std::string_view line);

  /// Returns the failures of single statements. Harmless ones are left out.
  [[nodiscard]] const std::vector<Failure>& failures() const noexcept { return failures_; }
  /// Returns the number of errors, the harmless ones included.
  [[nodiscard]] int errors() const noexcept { return errors_; }
  /// Returns the first error that was not one of a statement; empty when there was none.
  [[nodiscard]] const std::string& broke_down() const noexcept { return broke_down_; }
  [[nodiscard]] bool lost_connection() const noexcept { return lost_connection_; }

 private:
  void begin_failure(std::string_view reason);
  void end_failure(std::string_view statement);

  std::string object_;  // the one being created
  std::vector<Failure> failures_;
  int errors_ = 0;
  std::string broke_down_;
  bool lost_connection_ = false;
  bool in_reason_ = false;  // the next line continues the server's message
};

}  // namespace pghaul::schema
