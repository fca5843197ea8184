#include "acting_as.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pghaul::platform {
namespace {

void require(int result, const char* what) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

void become(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  if (entry == nullptr)
    throw std::system_error(ENOENT, std::generic_category(), "cannot find a cluster's owner");
  require(::initgroups(entry->pw_name, entry->pw_gid), "cannot take a user's groups");
  require(::setresgid(entry->pw_gid, entry->pw_gid, 0), "cannot become a user's group");
  require(::setresuid(user, user, 0), "cannot become a user");
}

/// Cannot fail: the saved ids are root's.
void become_root() {
  [[maybe_unused]] int result = ::setresuid(0, 0, 0);
  result = ::setresgid(0, 0, 0);
  result = ::setgroups(0, nullptr);
}

bool may_become_root() {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 1;
  return ::getresuid(&real, &effective, &saved) == 0 && saved == 0;
}

}  // namespace

ActingAs::ActingAs(std::optional<uid_t> user) {
  if (!user || ::geteuid() != 0 || *user == 0) return;
  become(*user);
  changed_ = true;
}

ActingAs::~ActingAs() {
  if (changed_) become_root();
}

NotActing::NotActing() : user_(::geteuid()) {
  if (may_become_root()) become_root();
}

NotActing::~NotActing() {
  if (user_ != ::geteuid()) become(user_);
}

}  // namespace pghaul::platform
