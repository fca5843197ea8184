#pragma once

#include <sys/types.h>

#include "pointed_file.h"
#include "pointer.h"
#include "server.h"

namespace pghaul::platform {

/// A database of PgBouncer's, in a file of its own that pgbouncer.ini includes (%include), and the console by
/// which PgBouncer is told.
class Pooler : public Pointer {
 public:
  Pooler(std::string label, std::string file, std::string name, std::string console)
      : label_(std::move(label)),
        file_(std::move(file)),
        name_(std::move(name)),
        console_(std::move(console)) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] const std::string& file() const { return file_.path(); }
  [[nodiscard]] bool is_pooler() const override { return true; }
  [[nodiscard]] Result<std::optional<Address>> read() override;
  [[nodiscard]] Outcome check() override;
  /// Waits until no transaction is open, and lets none begin.
  [[nodiscard]] Outcome hold(const Address& before, const Address& next) override;
  [[nodiscard]] Outcome point(const Address& before, const Address& next) override;
  [[nodiscard]] Outcome release() override;
  [[nodiscard]] Result<std::optional<Login>> read_login() override;
  [[nodiscard]] Outcome check_secrecy() override;
  [[nodiscard]] Outcome write_login(const Login& login) override;
  [[nodiscard]] Outcome reload() override { return tell("RELOAD"); }

  [[nodiscard]] Outcome attach(const Address& address);
  [[nodiscard]] Outcome detach();

 private:
  [[nodiscard]] Outcome tell(const std::string& command);
  [[nodiscard]] Outcome write(const std::optional<Address>& address);

  std::string label_;
  PointedFile file_;
  std::string name_;
  std::string console_;
  bool held_ = false;
};

/// `name`: "NAME", or "NAME via CONNECTION", where CONNECTION leads to the console.
[[nodiscard]] std::unique_ptr<Pooler> make_pooler(const std::string& label, const std::string& file,
                                                  const std::string& name);

}  // namespace pghaul::platform
