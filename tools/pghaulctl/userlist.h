#pragma once

#include "pointed_file.h"
#include "pointer.h"
#include "pooler_console.h"

namespace pghaul::platform {

/// PgBouncer's auth_file: the logins that it lets in, and by which it logs in to the server where a
/// database's line names no user. It points nowhere, and is not moved.
class Userlist : public Pointer {
 public:
  Userlist(std::string label, const std::string& file, const std::string& console)
      : label_(std::move(label)), file_(file), console_(console, file) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] std::string host() const override { return file_.host(); }
  [[nodiscard]] Result<std::optional<Address>> read() override { return std::optional<Address>(); }
  [[nodiscard]] Outcome check() override { return {}; }
  [[nodiscard]] Outcome point(const Address& /*before*/, const Address& /*next*/) override { return {}; }

  [[nodiscard]] bool lists_logins() const override { return true; }
  /// Errors  it is not the auth_file of the pooler, or that would not log in by a SCRAM secret.
  [[nodiscard]] Outcome check_login() override;
  [[nodiscard]] Outcome admit(const std::string& user, const std::string& secret) override;
  [[nodiscard]] Outcome dismiss(const std::vector<std::string>& users) override;
  [[nodiscard]] Outcome reload() override { return console_.tell("RELOAD"); }

 private:
  std::string label_;
  PointedFile file_;
  PoolerConsole console_;
};

}  // namespace pghaul::platform
