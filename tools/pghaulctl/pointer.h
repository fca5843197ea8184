#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "failure.h"
#include "login.h"

namespace pghaul::platform {

/// Something that points applications at the live database: an entry of `names` in the application's file.
///
/// The order of calls when it is moved: check(), hold(), point(), release(). After hold() comes release(),
/// whatever hold() or point() gave.
class Pointer {
 public:
  virtual ~Pointer() = default;
  /// The entry, as the file has it.
  [[nodiscard]] virtual const std::string& label() const = 0;
  [[nodiscard]] virtual bool is_pooler() const { return false; }
  /// Returns the command that leads to its machine; empty: this one.
  [[nodiscard]] virtual std::string host() const { return {}; }

  /// Says whether read() can tell where it points. What can't be asked is moved each time.
  [[nodiscard]] virtual bool can_be_asked() const { return true; }
  /// Reads where it points; nothing: it can't be asked, or a pooler is not attached.
  [[nodiscard]] virtual Result<std::optional<Address>> read() = 0;
  /// Says whether it could be moved now.
  [[nodiscard]] virtual Outcome check() = 0;
  /// Makes new statements wait, where it can.
  [[nodiscard]] virtual Outcome hold([[maybe_unused]] const Address& before,
                                     [[maybe_unused]] const Address& next) {
    return {};
  }
  /// Moves it; done already is done.
  [[nodiscard]] virtual Outcome point(const Address& before, const Address& next) = 0;
  /// Lets statements go on; connections to the old database are gone once it returns.
  [[nodiscard]] virtual Outcome release() { return {}; }

  /// Makes new statements wait from now on. Transactions under way have a second to end, and go on otherwise.
  [[nodiscard]] virtual Outcome hold_new() { return {}; }
  /// Says whether statements wait, whoever made them.
  [[nodiscard]] virtual Result<bool> is_held() { return false; }
  /// Lets statements go on that wait, whoever made them.
  [[nodiscard]] virtual Outcome let_go() { return {}; }

  /// Reads the login that it holds; nothing: it holds none.
  [[nodiscard]] virtual Result<std::optional<Login>> read_login() { return std::optional<Login>(); }
  /// Refuses a login that could not or must not be written into it, such as when everybody may read the file.
  [[nodiscard]] virtual Outcome check_login() { return {}; }
  /// Makes sure that what is written there is in use.
  [[nodiscard]] virtual Outcome reload() { return {}; }
  /// Replaces the login that it holds; sessions that are open go on.
  [[nodiscard]] virtual Outcome write_login([[maybe_unused]] const Login& login) { return {}; }

  /// Says whether it lists the logins that a pooler lets in, with their SCRAM secrets.
  [[nodiscard]] virtual bool lists_logins() const { return false; }
  /// Lets a login in beside the others; `secret` is the SCRAM verifier that the server has.
  [[nodiscard]] virtual Outcome admit([[maybe_unused]] const std::string& user,
                                      [[maybe_unused]] const std::string& secret) {
    return {};
  }
  /// Lets these in no longer.
  [[nodiscard]] virtual Outcome dismiss([[maybe_unused]] const std::vector<std::string>& users) { return {}; }
};

using Pointers = std::vector<std::unique_ptr<Pointer>>;

/// Makes one of "service:FILE#SECTION", "env:FILE#VARIABLE", "pgbouncer:FILE#NAME[ via CONNECTION]",
/// "userlist:FILE[ via CONNECTION]" or "hook:FILE". FILE is a path, or one on another host: "ssh
/// pool1:/etc/x".
[[nodiscard]] Result<std::unique_ptr<Pointer>> make_pointer(const std::string& entry);
[[nodiscard]] Result<Pointers> make_pointers(const std::vector<std::string>& entries);

}  // namespace pghaul::platform
