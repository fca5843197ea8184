#include "host_requests.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "acting_as.h"
#include "pointed_file.h"
#include "program.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

Result<std::string> empty(const Outcome& outcome) {
  if (!outcome) return tl::make_unexpected(outcome.error());
  return std::string();
}

uid_t number_of(const std::string& user) {
  return static_cast<uid_t>(std::strtoul(user.c_str(), nullptr, 10));
}

/// Another user may not enter the folder that we work in: root's home, for one.
Result<std::string> run(const HostMessage& request) {
  const std::string& user = request[1];
  const ActingAs acting(user.empty() ? std::nullopt : std::optional(number_of(user)));
  return run_program({request.begin() + 2, request.end()}, user.empty() ? nullptr : "/");
}

Outcome check_program(const std::string& path) {
  if (::access(path.c_str(), X_OK) == 0) return {};
  return refused(fmt::format("the hook {} is not a program", path), "make it executable: chmod +x");
}

Outcome make(const std::string& path) {
  if (std::ofstream(path, std::ios::app)) return {};
  return refused(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

Outcome remove(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
  return error ? refused(fmt::format("cannot remove {}: {}", path, error.message())) : Outcome();
}

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry == nullptr ? "postgres" : entry->pw_name;
}

std::string yes_if(bool so) {
  return so ? "yes" : "no";
}

}  // namespace

Result<std::string> answer(const HostMessage& request) {
  const std::string name = request.empty() ? "" : request[0];
  std::error_code ignored;
  if (request.size() >= 3 && name == "run") return run(request);
  if (request.size() == 2) {
    const std::string& what = request[1];
    if (name == "read") return PointedFile(what).read();
    if (name == "check") return empty(PointedFile(what).check());
    if (name == "secrecy") return empty(PointedFile(what).check_secrecy());
    if (name == "program") return empty(check_program(what));
    if (name == "exists") return yes_if(fs::exists(what, ignored));
    if (name == "make") return empty(make(what));
    if (name == "remove") return empty(remove(what));
    if (name == "user") return user_name(number_of(what));
  }
  if (request.size() == 3) {
    if (name == "replace") return empty(PointedFile(request[1]).replace(request[2]));
    if (name == "same") return yes_if(fs::equivalent(request[1], request[2], ignored));
  }
  return refused(fmt::format("there is no request '{}' of {} texts", name, request.size()));
}

}  // namespace pghaul::platform
