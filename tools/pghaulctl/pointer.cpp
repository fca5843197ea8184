#include "pointer.h"

#include <fmt/format.h>

#include "hook.h"
#include "pooler.h"
#include "text_pointer.h"
#include "userlist.h"

namespace pghaul::platform {
namespace {

/// Finds where the path of a file begins, which may be on another host; npos: it is none.
std::size_t path_in(const std::string& text) {
  const auto [host, path] = split_host(text);
  return path.starts_with('/') ? text.size() - path.size() : std::string::npos;
}

}  // namespace

Result<std::unique_ptr<Pointer>> make_pointer(const std::string& entry) {
  const std::size_t colon = entry.find(':');
  const std::string kind = entry.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : entry.substr(colon + 1);
  const std::size_t path = path_in(rest);
  const bool is_file = path != std::string::npos;
  if (kind == "hook" && is_file) return std::make_unique<Hook>(entry, rest);
  if (kind == "userlist" && is_file) {
    const auto [file, console] = split_console(rest);
    return std::make_unique<Userlist>(entry, file, console);
  }
  const std::size_t hash = rest.find('#', is_file ? path : 0);
  if (is_file && hash != std::string::npos) {
    const std::string file = rest.substr(0, hash);
    const std::string key = rest.substr(hash + 1);
    if (kind == "service") return std::make_unique<TextPointer>(entry, file, key, kServiceFile);
    if (kind == "env") return std::make_unique<TextPointer>(entry, file, key, kVariables);
    if (kind == "pgbouncer") {
      const auto [name, console] = split_console(key);
      return std::make_unique<Pooler>(entry, file, name, console);
    }
  }
  return refused(
      fmt::format("'{}' is no name that can be moved", entry.substr(0, entry.find(" via "))),
      "names are service:/FILE#SECTION, env:/FILE#VARIABLE, pgbouncer:/FILE#NAME [via CONNECTION], "
      "userlist:/FILE [via CONNECTION] and hook:/FILE; on another host 'ssh HOST:/FILE' in place of /FILE");
}

Result<Pointers> make_pointers(const std::vector<std::string>& entries) {
  Pointers all;
  for (const std::string& entry : entries) {
    auto pointer = make_pointer(entry);
    if (!pointer) return tl::make_unexpected(pointer.error());
    all.push_back(std::move(*pointer));
  }
  return all;
}

}  // namespace pghaul::platform
