#include "plan/catalog_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "plan/extension_version.h"
#include "plan/jobs.h"

namespace pghaul::plan {

using catalog::Catalog;
using catalog::Contents;
using catalog::Server;

namespace {

constexpr int kOldestSource = 110000;
constexpr int kOldestTarget = 130000;
constexpr std::size_t kNamesShown = 5;
constexpr std::int64_t kMegabyte = 1'000'000;
constexpr std::int64_t kMuchLarger = 2;  // times
constexpr std::int64_t kMuchMoreBytes = 100 * kMegabyte;

using Findings = std::vector<Finding>;

void refuse(Findings& findings, std::string code, std::string object, std::string message, std::string hint) {
  findings.push_back(
      {Finding::Severity::refusal, std::move(code), std::move(object), std::move(message), std::move(hint)});
}

void warn(Findings& findings, std::string code, std::string object, std::string message, std::string hint) {
  findings.push_back(
      {Finding::Severity::warning, std::move(code), std::move(object), std::move(message), std::move(hint)});
}

std::string shown_word(const std::string& name) {
  return shown(catalog::Name{{}, name});
}

/// Quotes a name so that a shell takes it for one word.
std::string shell_word(const std::string& name) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  };
  if (!name.empty() && name[0] != '-' && std::all_of(name.begin(), name.end(), is_plain)) return name;
  std::string word = "'";
  for (const char c : name) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

/// Renders a number with a comma before each three of its digits.
std::string with_separators(double number) {
  std::string digits = fmt::format("{:.0f}", number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

int major(const Server& server) {
  return server.version / 10000;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool are_the_same_database(const Server& source, const Server& target) {
  return !source.system_identifier.empty() && source.system_identifier == target.system_identifier &&
         source.database_oid == target.database_oid;
}

void check_versions(const Server& source, const Server& target, Findings& findings) {
  if (source.version < kOldestSource) {
    refuse(findings, "source_too_old", {},
           fmt::format("the source is PostgreSQL {}; sources from {} on can be copied", source.version_text,
                       kOldestSource / 10000),
           "upgrade the source in place first");
  }
  if (target.version < kOldestTarget) {
    refuse(findings, "target_too_old", {},
           fmt::format("the target is PostgreSQL {}; targets from {} on can be filled", target.version_text,
                       kOldestTarget / 10000),
           "copy to a newer server");
  }
  if (major(target) < major(source)) {
    warn(findings, "source_newer", {},
         fmt::format("the source is PostgreSQL {}, newer than the target's {}", source.version_text,
                     target.version_text),
         "objects and values that the target does not know will fail; a target of the same or a later "
         "version accepts all of them");
  }
}

void check_target_is_writable(const Server& target, Findings& findings) {
  if (target.in_recovery) {
    refuse(findings, "target_in_recovery", target.database, "the target is a hot standby, which is read-only",
           "connect to its primary, or promote it");
  }
  if (!target.may_create) {
    refuse(findings, "no_create_right", target.database,
           fmt::format("role {} may not create schemas in the target database {}", shown_word(target.role),
                       shown_word(target.database)),
           fmt::format("as its owner: GRANT CREATE ON DATABASE {} TO {}", shown_word(target.database),
                       shown_word(target.role)));
  }
}

void check_target_is_empty(const Server& target, const Contents& contents, double rows, Findings& findings) {
  if (contents.empty()) return;
  std::map<std::string, std::size_t> counts;
  std::string names;
  for (std::size_t i = 0; i < contents.objects.size(); ++i) {
    const Contents::Object& object = contents.objects[i];
    ++counts[object.kind];
    if (i < kNamesShown) names += (i == 0 ? "" : ", ") + shown(object.name);
    if (i == kNamesShown) names += ", …";
  }
  std::string what;
  for (const auto& [kind, count] : counts) {
    what += fmt::format("{}{}: {}", what.empty() ? "" : ", ", kind, count);
  }
  if (contents.large_objects > 0) {
    what += fmt::format("{}large object: {}", what.empty() ? "" : ", ", contents.large_objects);
  }
  if (rows > 0) what += fmt::format("; about {} rows", with_separators(rows));
  refuse(findings, "target_not_empty", target.database,
         fmt::format("the target database {} is not empty ({}){}{}", shown_word(target.database), what,
                     names.empty() ? "" : ", it holds ", names),
         fmt::format("to remove all of that and copy: --confirm {}", shell_word(target.database)));
}

void check_encoding(const Server& source, const Server& target, Findings& findings) {
  if (source.encoding == target.encoding) return;
  if (target.encoding == "UTF8" && source.encoding != "SQL_ASCII") return;  // it accepts every other encoding
  const char* const what = source.encoding == "SQL_ASCII" ? "bytes that are not valid there will be refused"
                           : target.encoding == "SQL_ASCII"
                               ? "the target cannot know the encoding of its text"
                               : "characters that it lacks will be refused";
  warn(
      findings, "encoding_differs", target.database,
      fmt::format("the source's encoding is {}, the target's {}: {}", source.encoding, target.encoding, what),
      fmt::format("create the target database with ENCODING '{}' TEMPLATE template0", source.encoding));
}

/// Normalizes a locale's name: en_US.utf8 is en_US.UTF-8.
std::string normalized(const std::string& locale) {
  std::string word;
  for (const char c : locale) {
    if (c != '-') word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word;
}

bool same_locale(const Server& one, const Server& other) {
  return one.locale_provider == other.locale_provider &&
         normalized(one.collate) == normalized(other.collate) &&
         normalized(one.ctype) == normalized(other.ctype) && one.icu_locale == other.icu_locale;
}

std::string shown_locale(const Server& server) {
  if (server.locale_provider == 'i') return fmt::format("{} by ICU", server.icu_locale);
  if (server.locale_provider == 'b') return fmt::format("{} by PostgreSQL itself", server.icu_locale);
  if (server.collate == server.ctype) return server.collate;
  return fmt::format("{} with LC_CTYPE {}", server.collate, server.ctype);
}

std::string how_to_create(const Server& like) {
  std::string how = fmt::format("LC_COLLATE '{}' LC_CTYPE '{}' TEMPLATE template0", like.collate, like.ctype);
  if (like.locale_provider == 'i') {
    how = fmt::format("LOCALE_PROVIDER icu ICU_LOCALE '{}' ", like.icu_locale) + how;
  } else if (like.locale_provider == 'b') {
    how = fmt::format("LOCALE_PROVIDER builtin BUILTIN_LOCALE '{}' ", like.icu_locale) + how;
  }
  return how;
}

void check_locale(const Catalog& source, const Server& target, Findings& findings) {
  if (!locales_differ(source.server, target)) return;
  const std::vector<std::string>& dependents = source.locale_dependents;
  const bool same = same_locale(source.server, target);
  if (same && dependents.empty()) return;  // indexes are sorted anew on the target
  std::string what = same ? fmt::format("the source's collation version is {}, the target's {}",
                                        source.server.collation_version, target.collation_version)
                          : fmt::format("the source's locale is {}, the target's {}",
                                        shown_locale(source.server), shown_locale(target));
  what += ": text may be sorted, folded and matched differently there";
  if (!dependents.empty()) {
    const std::size_t named = std::min(dependents.size(), kNamesShown);
    what += fmt::format(
        ", on which depend {}",
        fmt::join(dependents.begin(), dependents.begin() + static_cast<std::ptrdiff_t>(named), ", "));
    if (named < dependents.size()) what += fmt::format(" and {} more", dependents.size() - named);
  }
  warn(findings, same ? "collation_version_differs" : "locale_differs", target.database,
       what + "; indexes are built anew and are right",
       same ? "" : "create the target database with " + how_to_create(source.server));
}

void check_roles(const Catalog& source, const Server& target, const PlanOptions& options,
                 Findings& findings) {
  std::set<std::string> needed;
  if (options.with_owner) needed.insert(source.owners.begin(), source.owners.end());
  if (options.with_acl) needed.insert(source.grantees.begin(), source.grantees.end());
  for (const std::string& role : needed) {
    if (contains(target.roles, role)) continue;
    const bool owns = options.with_owner && source.owners.count(role) > 0;
    const bool is_granted = options.with_acl && source.grantees.count(role) > 0;
    refuse(findings, "missing_role", role,
           fmt::format("the target has no role {}, which {} on the source", shown_word(role),
                       owns && is_granted ? "owns objects and has been granted rights"
                       : owns             ? "owns objects"
                                          : "has been granted rights or is named by a policy"),
           fmt::format("create it on the target, with its password if it logs in, as --roles does, or "
                       "pass {}",
                       owns && is_granted ? "--no-owner --no-acl"
                       : owns             ? "--no-owner"
                                          : "--no-acl"));
  }
}

/// Checks that the role may give objects to their owners.
void check_memberships(const Catalog& source, const Server& target, const PlanOptions& options,
                       Findings& findings) {
  if (!options.with_owner || target.superuser || target.own_roles.empty()) return;
  for (const std::string& owner : source.owners) {
    if (!contains(target.roles, owner) || target.own_roles.count(owner) > 0) continue;
    refuse(
        findings, "not_a_member", owner,
        fmt::format("role {} of the target is not a member of role {}, which owns objects on the source: it "
                    "can't give them to it",
                    shown_word(target.role), shown_word(owner)),
        fmt::format("pass --no-owner, or as an administrator of that role on the target: GRANT {} TO {}",
                    shown_word(owner), shown_word(target.role)));
  }
}

void check_extensions(const Server& source, const Server& target, Findings& findings) {
  for (const catalog::Extension& extension : source.extensions) {
    const std::string* const there = version_on(target, extension.name);
    if (there == nullptr) {
      if (target.available_extensions.empty()) continue;  // not listed; creating it will show
      refuse(findings, "missing_extension", extension.name,
             fmt::format("the target's server does not offer extension {}, which the source uses",
                         shown_word(extension.name)),
             fmt::format("install the package with {} for PostgreSQL {} on the target's machine, or select "
                         "with -n or -t what does not need it",
                         shown_word(extension.name), major(target)));
    } else if (*there != extension.version) {
      warn(findings, "extension_version", extension.name,
           fmt::format("extension {} is {} on the source, {} on the target", shown_word(extension.name),
                       extension.version, *there),
           "columns of its types are copied as text");
    }
  }
}

void check_tablespaces(const Catalog& source, const Server& target, Findings& findings) {
  for (const std::string& tablespace : source.tablespaces) {
    if (contains(target.tablespaces, tablespace)) {
      if (target.closed_tablespaces.count(tablespace) == 0) continue;
      refuse(findings, "closed_tablespace", tablespace,
             fmt::format("role {} may not create objects in the target's tablespace {}",
                         shown_word(target.role), shown_word(tablespace)),
             fmt::format("as its owner on the target: GRANT CREATE ON TABLESPACE {} TO {}; or pass "
                         "--no-tablespaces",
                         shown_word(tablespace), shown_word(target.role)));
      continue;
    }
    refuse(findings, "missing_tablespace", tablespace,
           fmt::format("the target has no tablespace {}, which objects of the source use",
                       shown_word(tablespace)),
           fmt::format("on the target: CREATE TABLESPACE {} LOCATION 'an empty directory of its machine'; or "
                       "pass --map-tablespace OLD=NEW, or --no-tablespaces",
                       shown_word(tablespace)));
  }
}

void check_connections(const Server& source, const Server& target, const PlanOptions& options,
                       Findings& findings) {
  const int wanted = wanted_jobs(options.jobs, options.local_cores, options.lines.round_trip());
  const int possible = possible_jobs(source, &target);
  if (possible >= wanted) return;
  const std::string free = fmt::format("{} more connections can be opened on the source, {} on the target",
                                       source.free_connections, target.free_connections);
  const std::string hint = "close other sessions, or raise max_connections or the role's or database's limit";
  if (possible < 1) {
    refuse(findings, "no_connections", {}, fmt::format("{}: too few for even one worker", free), hint);
  } else {
    warn(findings, "fewer_connections", {},
         fmt::format("{}: {} {} instead of {}", free, possible, possible == 1 ? "worker" : "workers", wanted),
         hint);
  }
}

}  // namespace

bool locales_differ(const Server& source, const Server& target) {
  const bool versions_differ = !source.collation_version.empty() && !target.collation_version.empty() &&
                               source.collation_version != target.collation_version;
  return !same_locale(source, target) || versions_differ;
}

Findings catalog_findings(const Catalog& source, const Server& target, const Contents& contents, bool replace,
                          const PlanOptions& options, double rows) {
  Findings findings;
  if (are_the_same_database(source.server, target)) {
    // No other finding is given, least of all advice to empty it.
    refuse(findings, "same_database", target.database,
           fmt::format("source and target are the same database, {}", shown_word(target.database)),
           "check both connection strings");
    return findings;
  }
  check_versions(source.server, target, findings);
  check_target_is_writable(target, findings);
  if (!replace) check_target_is_empty(target, contents, rows, findings);
  check_encoding(source.server, target, findings);
  check_locale(source, target, findings);
  check_roles(source, target, options, findings);
  check_memberships(source, target, options, findings);
  check_extensions(source.server, target, findings);
  check_tablespaces(source, target, findings);
  check_connections(source.server, target, options, findings);
  return findings;
}

Findings doubts_about_target(const Catalog& source, const Server& target, const Contents& contents,
                             std::int64_t sessions) {
  Findings findings;
  if (contents.empty() || are_the_same_database(source.server, target)) return findings;
  const std::string hint =
      "check that source and target are not swapped; if this is to be dropped: "
      "--confirm-larger";
  const std::int64_t here = source.server.database_bytes;
  const std::int64_t there = target.database_bytes;
  if (there > kMuchLarger * here && there - here > kMuchMoreBytes) {
    refuse(findings, "target_larger", target.database,
           fmt::format("the target database {} is much larger than the source: {} MB on disk, and {} MB",
                       shown_word(target.database), with_separators(static_cast<double>(there / kMegabyte)),
                       with_separators(static_cast<double>(here / kMegabyte))),
           hint);
  }
  if (sessions > 0) {
    refuse(findings, "target_in_use", target.database,
           fmt::format("{} at work in the target database {}",
                       sessions == 1 ? "another session is" : fmt::format("{} other sessions are", sessions),
                       shown_word(target.database)),
           hint);
  }
  return findings;
}

}  // namespace pghaul::plan
