#pragma once

#include <string>

#include "support/cluster.h"

namespace pghaul::faults {

/// A server that accepts clients by TCP only with TLS and a password (scram-sha-256), or as role 'certified'
/// with a certificate. By its socket, it trusts everybody.
class SecureServer {
 public:
  /// `password`: of role postgres.
  explicit SecureServer(std::string password);
  ~SecureServer();
  SecureServer(const SecureServer&) = delete;
  SecureServer& operator=(const SecureServer&) = delete;

  [[nodiscard]] const support::Cluster& cluster() const noexcept { return cluster_; }
  /// Returns the address of a database as postgres, with the password; `more` keywords.
  [[nodiscard]] std::string with_password(const std::string& database, const std::string& more = {}) const;
  /// Returns the address of a database as certified, with its certificate.
  [[nodiscard]] std::string with_certificate(const std::string& database) const;
  /// Returns the certificate of the authority that signed the server's.
  [[nodiscard]] std::string root_certificate() const { return keys_ + "/root.crt"; }

 private:
  support::Cluster cluster_;
  std::string password_;
  std::string keys_;  // a folder of ours
};

}  // namespace pghaul::faults
