#pragma once

#include <string>

namespace pghaul::platform {

/// Makes another major version look installed beside Debian's, below /usr/lib/postgresql, for this process
/// and what it starts: in a mount namespace of its own. Needs root, and what support/fetch-clusters has
/// fetched.
///
/// Ownership  gone once it is destroyed; machines that use it go before.
class OtherVersion {
 public:
  explicit OtherVersion(int major);
  ~OtherVersion();
  OtherVersion(const OtherVersion&) = delete;
  OtherVersion& operator=(const OtherVersion&) = delete;

  /// Why it is not there; empty: it is.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void mount_beside(const std::string& folder, int major);

  std::string missing_;
  std::string below_;  // where the folder can still be seen that is mounted over
};

}  // namespace pghaul::platform
