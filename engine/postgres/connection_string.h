#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"

namespace pghaul::postgres {

/// The address of one database: whatever libpq takes, with its defaults and PG* variables left to libpq.
///
/// A URI, keywords and values, or a bare database name. Never print it: describe() is for people.
/// Source     PostgreSQL manual, libpq, "Connection Strings".
class ConnectionString {
 public:
  [[nodiscard]] static Result<ConnectionString> parse(const std::string& text);
  ConnectionString() = default;
  explicit ConnectionString(std::map<std::string, std::string> keywords) : keywords_(std::move(keywords)) {}

  /// A route to the server by a socket of our own, behind which another process carries the bytes.
  struct Detour {
    std::string where;         // the server's real place, for people
    bool here = false;         // the server is on this machine nevertheless
    std::string digest_token;  // the token for having rows digested at the other end
  };
  [[nodiscard]] const std::shared_ptr<const Detour>& detour() const noexcept { return detour_; }
  void set_detour(Detour detour) { detour_ = std::make_shared<const Detour>(std::move(detour)); }

  /// The given keywords with their values, the password included.
  [[nodiscard]] const std::map<std::string, std::string>& keywords() const noexcept { return keywords_; }
  /// Renders text for parse(), with the password: never to be shown.
  [[nodiscard]] std::string text() const;
  /// Returns the same server and role with another database.
  [[nodiscard]] ConnectionString with_database(const std::string& database) const;
  /// Returns the same with a setting that the session begins with, after those of the string and of
  /// PGOPTIONS.
  [[nodiscard]] ConnectionString with_setting(const std::string& name, const std::string& value) const;
  /// Returns the same with an application_name that ends with `mark`, and begins with `name` where none is
  /// given.
  [[nodiscard]] ConnectionString marked(const std::string& name, const std::string& mark) const;

  /// Returns how long the server may answer nobody before a wait for it is given up.
  [[nodiscard]] std::chrono::seconds silence_limit() const noexcept { return silence_limit_; }
  void set_silence_limit(std::chrono::seconds silence_limit) noexcept { silence_limit_ = silence_limit; }

 private:
  std::map<std::string, std::string> keywords_;
  std::chrono::seconds silence_limit_{120};
  std::shared_ptr<const Detour> detour_;  // nullptr: none
};

}  // namespace pghaul::postgres
