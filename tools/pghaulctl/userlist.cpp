#include "userlist.h"

#include <fmt/format.h>

#include "host.h"
#include "userlist_text.h"

namespace pghaul::platform {
namespace {

/// `used` is a path on the host of `file`.
Result<bool> is_same_file(const std::string& used, const std::string& file) {
  const auto [host, path] = split_host(file);
  return Host::reached_by(host).ask({"same", used, path}).map([](const std::string& answer) {
    return answer == "yes";
  });
}

}  // namespace

Outcome Userlist::check_login() {
  Outcome may = file_.check();
  if (may) may = file_.check_secrecy();
  if (!may) return may;
  const auto used = console_.setting("auth_file");
  if (!used) return tl::make_unexpected(used.error());
  const auto is_same = is_same_file(*used, file_.path());
  if (!is_same) return tl::make_unexpected(is_same.error());
  if (!*is_same) {
    return refused(fmt::format("PgBouncer takes logins from {}, not from {}",
                               used->empty() ? "no file" : *used, file_.path()),
                   "name the file that is its auth_file");
  }
  const auto type = console_.setting("auth_type");
  if (!type) return tl::make_unexpected(type.error());
  if (*type == "scram-sha-256" || *type == "md5" || *type == "hba") return {};
  return refused(
      fmt::format(
          "PgBouncer does not ask its clients for what the server wants (auth_type = {}), and can't log in "
          "there by the SCRAM secrets of {}",
          *type, file_.path()),
      "set auth_type = scram-sha-256");
}

Outcome Userlist::admit(const std::string& user, const std::string& secret) {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  if (auto replaced = file_.replace(with_user(*text, user, secret)); !replaced) return replaced;
  return reload();
}

Outcome Userlist::dismiss(const std::vector<std::string>& users) {
  const auto text = file_.read();
  if (!text) return tl::make_unexpected(text.error());
  std::string left = *text;
  for (const std::string& user : users) left = without_user(left, user);
  if (auto replaced = file_.replace(left); !replaced) return replaced;
  return reload();
}

}  // namespace pghaul::platform
