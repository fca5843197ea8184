#pragma once

#include <string>

#include "failure.h"

namespace pghaul::platform {

/// A file of somebody else's that is rewritten whole.
class PointedFile {
 public:
  explicit PointedFile(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Result<std::string> read() const;
  /// Says whether it could be replaced now.
  [[nodiscard]] Outcome check() const;
  /// Refuses when users other than its owner and group may read it.
  [[nodiscard]] Outcome check_secrecy() const;
  /// Replaces it by rename(2): who opens it sees all of the old text, or all of the new. Owner and mode stay.
  [[nodiscard]] Outcome replace(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace pghaul::platform
