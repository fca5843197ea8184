#pragma once

#include "pointed_file.h"
#include "pointer.h"

namespace pghaul::platform {

/// A kind of file that holds an address as text (pointer_text.h).
struct PointerFormat {
  const char* entry;  // what an entry of it is called: "section"
  std::optional<Address> (*read)(const std::string& text, const std::string& key);
  std::string (*write)(const std::string& text, const std::string& key, const Address& address);
  std::optional<Login> (*read_login)(const std::string& text, const std::string& key);
  std::string (*write_login)(const std::string& text, const std::string& key, const Login& login);
};
extern const PointerFormat kServiceFile;
extern const PointerFormat kVariables;

/// A section of pg_service.conf, or a variable of a file of variables.
class TextPointer : public Pointer {
 public:
  TextPointer(std::string label, std::string file, std::string key, const PointerFormat& format)
      : label_(std::move(label)), file_(std::move(file)), key_(std::move(key)), format_(format) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] Result<std::optional<Address>> read() override;
  [[nodiscard]] Outcome check() override;
  [[nodiscard]] Outcome point(const Address& before, const Address& next) override;
  [[nodiscard]] Result<std::optional<Login>> read_login() override;
  [[nodiscard]] Outcome check_secrecy() override;
  [[nodiscard]] Outcome write_login(const Login& login) override;

 private:
  std::string label_;
  PointedFile file_;
  std::string key_;
  const PointerFormat& format_;
};

}  // namespace pghaul::platform
