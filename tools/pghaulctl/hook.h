#pragma once

#include "pointer.h"

namespace pghaul::platform {

/// A program for what pghaulctl does not know: DNS, HAProxy, Consul. Called as `FILE before|point|after OLD
/// NEW`, each a connection string without a password.
class Hook : public Pointer {
 public:
  Hook(std::string label, std::string file) : label_(std::move(label)), file_(std::move(file)) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] bool can_be_asked() const override { return false; }
  [[nodiscard]] Result<std::optional<Address>> read() override { return std::optional<Address>(); }
  [[nodiscard]] Outcome check() override;
  [[nodiscard]] Outcome point(const Address& before, const Address& next) override;

 private:
  std::string label_;
  std::string file_;
};

}  // namespace pghaul::platform
