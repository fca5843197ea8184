#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/privileged_objects.h"
#include "discovery/discovery.h"
#include "discovery/role_findings.h"
#include "discovery/options.h"
#include "postgres/connection.h"

namespace pghaul::discovery {

/// Makes the findings about one target's role: find() (role_findings.cpp) lists what is looked for.
/// role_findings_of_entries.cpp looks at what the dump lists, role_findings_of_objects.cpp at what no entry
/// shows, role_finding_trials.cpp tries what the role may do.
///
/// Ownership  none of what it is made with, which outlives it.
/// Threads    one.
class RoleFindingSearch {
 public:
  RoleFindingSearch(Discovery& found, const Options& options, const std::stop_token& stop);

  [[nodiscard]] Result<RoleFindings> find();

 private:
  using Names = std::vector<std::string>;

  [[nodiscard]] Status find_those_of_ordinary_roles();
  void refuse(std::string code, const Names& objects, std::string message, std::string hint);
  [[nodiscard]] bool skip(const Names& objects, const std::string& reason);
  void skip_extensions_not_offered();
  void refuse_superusers(const Names& objects, const std::string& way_on);
  [[nodiscard]] Names entries_of(std::string_view kind, const std::string& name);
  void look_for_kinds();
  [[nodiscard]] Status look_at_public();
  [[nodiscard]] Status look_at_schemas();
  void look_at_schema_of(const std::string& owner, const std::string& schema);
  void look_at_default_privileges();
  void look_at_system_grants();
  [[nodiscard]] Result<bool> is_denied(const std::string& statements);
  [[nodiscard]] Status try_kind(std::string_view kind, const std::string& name, const char* trial,
                                const char* option);
  [[nodiscard]] Status try_extensions();
  [[nodiscard]] Status read_privileged_objects();
  void note_entries(catalog::PrivilegedObject& one);
  [[nodiscard]] Names all(catalog::PrivilegedObject::Kind kind) const;
  void look_for_extensions();
  void look_at_contents();
  [[nodiscard]] Status look_at_privileged_objects();
  void look_at_settings();
  void look_at_grants();
  void look_at_owners();
  [[nodiscard]] Status look_at_servers();

  /// Quotes a name where SQL would.
  [[nodiscard]] static std::string word(const std::string& name);
  /// Lists the first few names, and tells how many more there are.
  [[nodiscard]] static std::string list_of(const Names& names);

  Discovery& found_;
  const Options& options_;
  const std::stop_token& stop_;
  std::optional<postgres::Connection> target_;  // for a role that is no superuser
  std::string role_;
  std::vector<catalog::PrivilegedObject> objects_;
  std::map<std::string, std::vector<int>> entries_;  // dump ids of what can be left out, by its name
  RoleFindings role_findings_;
};

}  // namespace pghaul::discovery
