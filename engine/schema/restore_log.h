#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pghaul::schema {

/// An object that pg_restore could not create, and why.
struct Failure {
  std::string object;
  std::string reason;
};

/// libpq's words, not the server's, in what pg_dump or pg_restore complains of.
[[nodiscard]] bool tells_of_lost_connection(std::string_view complaint);
[[nodiscard]] bool tells_of_failed_connection(std::string_view complaint);

/// Makes failures of what pg_restore --verbose writes, line by line. Statements are never quoted: they may
/// hold the passwords of user mappings and subscriptions.
/// Source  PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c, warn_or_exit_horribly(), in the C locale.
class RestoreLog {
 public:
  void read(std::string_view line);

  /// Of single statements. Those that do no harm are left out.
  [[nodiscard]] const std::vector<Failure>& failures() const noexcept { return failures_; }
  /// Errors met, the harmless ones included.
  [[nodiscard]] int errors() const noexcept { return errors_; }
  /// The first error that was not one of a statement; empty when there was none.
  [[nodiscard]] const std::string& broke_down() const noexcept { return broke_down_; }
  [[nodiscard]] bool lost_connection() const noexcept { return lost_connection_; }

 private:
  void begin_failure(std::string_view reason);
  void end_failure(std::string_view statement);

  std::string object_;  // being created
  std::vector<Failure> failures_;
  int errors_ = 0;
  std::string broke_down_;
  bool lost_connection_ = false;
  bool in_reason_ = false;  // the server's message goes on
};

}  // namespace pghaul::schema
