#include "text_pointer.h"

#include <fmt/format.h>

#include "pointer_text.h"

namespace pghaul::platform {

const PointerFormat kServiceFile{"section", read_service, write_service, read_service_login,
                                 write_service_login};
const PointerFormat kVariables{"variable that holds a URI", read_variable, write_variable,
                               read_variable_login, write_variable_login};
const PointerFormat kPools{"database", read_pool, write_pool, read_pool_login, write_pool_login};

Result<std::optional<Address>> TextPointer::find() const {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  auto address = format_.read(*text, key_);
  if (address) address->on = file_.host();
  return address;
}

Result<std::optional<Address>> TextPointer::read() {
  auto address = find();
  if (address && !*address) return refused(fmt::format("{} has no {} {}", file_.path(), format_.entry, key_));
  return address;
}

Outcome TextPointer::check() {
  if (auto found = read(); !found) return tl::make_unexpected(found.error());
  return check_file();
}

Outcome TextPointer::point(const Address& before, const Address& next) {
  const auto written = read();
  if (!written) return tl::make_unexpected(written.error());
  if (!*written) return {};
  return change(
      [&](const std::string& text) { return format_.write(text, key_, moved(**written, before, next)); });
}

Result<std::optional<Login>> TextPointer::read_login() {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  return format_.read_login(*text, key_);
}

Outcome TextPointer::check_login() {
  const auto login = read_login();
  if (!login) return tl::make_unexpected(login.error());
  return *login && (*login)->password.empty() ? check_secrecy() : Outcome();
}

Outcome TextPointer::write_login(const Login& login) {
  return change([&](const std::string& text) { return format_.write_login(text, key_, login); });
}

}  // namespace pghaul::platform
