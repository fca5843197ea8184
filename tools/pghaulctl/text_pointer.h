#pragma once

#include "pointed_file.h"
#include "pointer.h"

namespace pghaul::platform {

/// A kind of file that holds an address and a login as text (pointer_text.h).
struct PointerFormat {
  const char* entry;  // what an entry of it is called: "section"
  std::optional<Address> (*read)(const std::string& text, const std::string& key);
  std::string (*write)(const std::string& text, const std::string& key, const Address& address);
  std::optional<Login> (*read_login)(const std::string& text, const std::string& key);
  std::string (*write_login)(const std::string& text, const std::string& key, const Login& login);
};
extern const PointerFormat kServiceFile;
extern const PointerFormat kVariables;
extern const PointerFormat kPools;

/// A section of pg_service.conf, a variable of a file of variables, or (as a Pooler) a line of PgBouncer's.
class TextPointer : public Pointer {
 public:
  TextPointer(std::string label, std::string file, std::string key, const PointerFormat& format)
      : label_(std::move(label)), file_(std::move(file)), key_(std::move(key)), format_(format) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] std::string host() const override { return file_.host(); }
  [[nodiscard]] const std::string& file() const { return file_.path(); }
  /// Errors  the file has no such entry.
  [[nodiscard]] Result<std::optional<Address>> read() override;
  [[nodiscard]] Outcome check() override;
  [[nodiscard]] Outcome point(const Address& before, const Address& next) override;
  [[nodiscard]] Result<std::optional<Login>> read_login() override;
  [[nodiscard]] Outcome check_login() override;
  [[nodiscard]] Outcome write_login(const Login& login) override;

 protected:
  [[nodiscard]] const std::string& key() const { return key_; }
  /// Reads where the entry points; nothing: the file has no such entry.
  [[nodiscard]] Result<std::optional<Address>> find() const;
  [[nodiscard]] Outcome check_file() const { return file_.check(); }
  [[nodiscard]] Outcome check_secrecy() const { return file_.check_secrecy(); }
  /// Replaces the file by what `change` makes of its text, and has it read.
  template <typename Change>
  [[nodiscard]] Outcome change(Change change) {
    const auto text = file_.read();
    if (!text) return tl::make_unexpected(text.error());
    if (auto replaced = file_.replace(change(*text)); !replaced) return replaced;
    return reload();
  }

 private:
  std::string label_;
  PointedFile file_;
  std::string key_;
  const PointerFormat& format_;
};

}  // namespace pghaul::platform
