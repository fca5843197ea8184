#pragma once

#include <string>

#include "failure.h"

namespace pghaul::platform {

/// A file of somebody else's that is rewritten whole, on this machine or, as in "ssh pool1:/etc/app.env", on
/// another that a command leads to.
class PointedFile {
 public:
  /// Reads the command and the path from one text, as split_host() does.
  explicit PointedFile(const std::string& path);
  PointedFile(std::string host, std::string path);

  /// Returns it as it was given, with the command.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Returns the command; empty: it is on this machine.
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] Result<std::string> read() const;
  /// Says whether it could be replaced now.
  [[nodiscard]] Outcome check() const;
  /// Refuses when users other than its owner and group may read it.
  [[nodiscard]] Outcome check_secrecy() const;
  /// Replaces it by rename(2): who opens it sees all of the old text, or all of the new. Owner and mode stay.
  [[nodiscard]] Outcome replace(const std::string& text) const;

 private:
  std::string path_;
  std::string host_;
  std::string there_;  // the path on that machine
};

}  // namespace pghaul::platform
