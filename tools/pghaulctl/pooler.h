#pragma once

#include "pooler_console.h"
#include "text_pointer.h"

namespace pghaul::platform {

/// A database of PgBouncer's, in a file of its own that pgbouncer.ini includes (%include), and the console by
/// which PgBouncer is told. Without a line in that file it is not attached, and left alone.
class Pooler : public TextPointer {
 public:
  Pooler(std::string label, std::string file, std::string name, const std::string& console)
      : TextPointer(std::move(label), file, std::move(name), kPools), console_(console, file) {}

  [[nodiscard]] bool is_pooler() const override { return true; }
  [[nodiscard]] Result<std::optional<Address>> read() override { return find(); }
  [[nodiscard]] Outcome check() override;
  /// Waits until no transaction is open, and lets none begin.
  [[nodiscard]] Outcome hold(const Address& before, const Address& next) override;
  [[nodiscard]] Outcome release() override;
  [[nodiscard]] Outcome hold_new() override;
  [[nodiscard]] Result<bool> is_held() override;
  [[nodiscard]] Outcome let_go() override;
  [[nodiscard]] Outcome reload() override { return console_.tell("RELOAD"); }

  /// Writes its line; `login` becomes part of it where it has no user yet. Without a user PgBouncer logs in
  /// by what its clients log in by.
  ///
  /// Errors  everybody may read the file, and the login has a password.
  [[nodiscard]] Outcome attach(const Address& address, const std::optional<Login>& login);
  [[nodiscard]] Outcome detach();

 private:
  PoolerConsole console_;
  bool held_ = false;
};

}  // namespace pghaul::platform
