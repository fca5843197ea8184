#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "postgres/connection_string.h"

namespace pghaul::schema {

/// A private folder (mode 0700) for the schema's archive and for what child programs need to connect.
///
/// Ownership  removes the folder when destroyed.
class Workspace {
 public:
  [[nodiscard]] static Result<Workspace> create();
  ~Workspace();
  Workspace(Workspace&& other) noexcept;
  Workspace& operator=(Workspace&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit Workspace(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;  // empty when moved from
};

}  // namespace pghaul::schema
