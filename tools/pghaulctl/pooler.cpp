#include "pooler.h"

#include "pointer_text.h"
#include "text_lines.h"

namespace pghaul::platform {
Outcome Pooler::check() {
  if (auto file = check_file(); !file) return file;
  return console_.tell("SHOW VERSION");
}

Outcome Pooler::hold(const Address& /*before*/, const Address& /*next*/) {
  const auto attached = read();
  if (!attached) return tl::make_unexpected(attached.error());
  if (!*attached) return {};
  held_ = true;  // also when PAUSE takes too long: RESUME ends it
  return console_.tell("PAUSE " + in_double_quotes(key()));
}

/// RELOAD marks connections to the former address; WAIT_CLOSE returns when they are gone.
Outcome Pooler::release() {
  if (!held_) return {};
  held_ = false;
  if (auto resumed = console_.tell("RESUME " + in_double_quotes(key())); !resumed) return resumed;
  return console_.tell("WAIT_CLOSE " + in_double_quotes(key()));
}

/// PAUSE answers once no transaction is open; new ones wait from the start.
Outcome Pooler::hold_new() {
  const auto attached = read();
  if (!attached) return tl::make_unexpected(attached.error());
  return *attached ? console_.begin_pause(key()) : Outcome();
}

Result<bool> Pooler::is_held() {
  const auto attached = read();
  if (!attached) return tl::make_unexpected(attached.error());
  return *attached ? console_.is_paused(key()) : false;
}

Outcome Pooler::let_go() {
  const auto held = is_held();
  if (!held) return tl::make_unexpected(held.error());
  held_ = *held;
  return release();
}

Outcome Pooler::attach(const Address& address, const std::optional<Login>& login) {
  const auto line = read();
  if (!line) return tl::make_unexpected(line.error());
  const bool adds_login = login && !*line;  // a line that is there says already who its clients work as
  if (adds_login && !login->password.empty()) {
    if (auto secret = check_secrecy(); !secret) return secret;
  }
  return change([&](const std::string& text) {
    const std::string attached = write_pool(text, key(), address);
    return adds_login ? write_pool_login(attached, key(), *login) : attached;
  });
}

Outcome Pooler::detach() {
  return change([&](const std::string& text) { return remove_pool(text, key()); });
}

}  // namespace pghaul::platform
