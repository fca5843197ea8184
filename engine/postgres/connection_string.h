#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"

namespace pghaul::postgres {

/// How to reach one database: whatever libpq takes, with its defaults and PG* variables left to libpq.
///
/// A URI, keywords and values, or a bare database name. Never print it: describe() is for people.
/// Source     PostgreSQL manual, libpq, "Connection Strings".
class ConnectionString {
 public:
  [[nodiscard]] static Result<ConnectionString> parse(const std::string& text);
  ConnectionString() = default;
  explicit ConnectionString(std::map<std::string, std::string> keywords) : keywords_(std::move(keywords)) {}

  /// The server is reached by a socket of our own, behind which somebody else carries the bytes.
  struct Detour {
    std::string where;         // the server really is; for people
    bool here = false;         // on this machine nevertheless
    std::string digest_token;  // with which rows are digested at its other end
  };
  [[nodiscard]] const std::shared_ptr<const Detour>& detour() const noexcept { return detour_; }
  void set_detour(Detour detour) { detour_ = std::make_shared<const Detour>(std::move(detour)); }

  /// The given keywords with their values, the password included.
  [[nodiscard]] const std::map<std::string, std::string>& keywords() const noexcept { return keywords_; }
  /// For parse(), with the password: for nobody's eyes.
  [[nodiscard]] std::string text() const;
  /// The same server and role, another database.
  [[nodiscard]] ConnectionString with_database(const std::string& database) const;
  /// The same; its sessions' application_name ends with `mark`, and begins with `name` where none is given.
  [[nodiscard]] ConnectionString marked(const std::string& name, const std::string& mark) const;

  /// How long this server may say nothing, to nobody, before who waits for it gives up.
  [[nodiscard]] std::chrono::seconds patience() const noexcept { return patience_; }
  void set_patience(std::chrono::seconds patience) noexcept { patience_ = patience; }

 private:
  std::map<std::string, std::string> keywords_;
  std::chrono::seconds patience_{120};
  std::shared_ptr<const Detour> detour_;  // nullptr: none
};

}  // namespace pghaul::postgres
