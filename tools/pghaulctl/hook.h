#pragma once

#include "host.h"
#include "pointer.h"

namespace pghaul::platform {

/// Refuses a hook that is no program. `file` may be on another host: "ssh db2:/etc/pghaul/hooks/dns".
[[nodiscard]] Outcome check_hook(const std::string& file);
/// Runs it as `FILE MOMENT OLD NEW`, the last two as connection strings without a password.
[[nodiscard]] Outcome run_hook(const std::string& file, const char* moment, const Address& before,
                               const Address& next);

/// A program for what pghaulctl does not know: DNS, HAProxy, Consul. Called as `FILE before|point|after OLD
/// NEW`, each a connection string without a password.
class Hook : public Pointer {
 public:
  Hook(std::string label, std::string file) : label_(std::move(label)), file_(std::move(file)) {}

  [[nodiscard]] const std::string& label() const override { return label_; }
  [[nodiscard]] std::string host() const override { return split_host(file_).first; }
  [[nodiscard]] bool can_be_asked() const override { return false; }
  [[nodiscard]] Result<std::optional<Address>> read() override { return std::optional<Address>(); }
  [[nodiscard]] Outcome check() override;
  /// Runs `before`, and remembers the addresses for `after`.
  [[nodiscard]] Outcome hold(const Address& before, const Address& next) override;
  [[nodiscard]] Outcome point(const Address& before, const Address& next) override;
  /// Runs `after`, whether it has been pointed or not.
  [[nodiscard]] Outcome release() override;

 private:
  std::string label_;
  std::string file_;
  std::optional<std::pair<Address, Address>> held_;
};

}  // namespace pghaul::platform
