#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "changeover.h"
#include "cluster_tools.h"
#include "host.h"

namespace pghaul::platform {
namespace {

constexpr const char* kRoles = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY 1";

/// Carries the roles, with their passwords, settings and memberships. These pass through memory alone.
class RolesStep : public Step {
 public:
  explicit RolesStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "roles"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} has the roles of {}", all_.to, all_.from);
  }

  [[nodiscard]] Result<bool> is_so() override {
    auto next = all_.target().connect("postgres");
    if (!next) return false;
    const auto wanted = all_.source().server->query(kRoles);
    if (!wanted) return tl::make_unexpected(wanted.error());
    const auto there = next->query(kRoles);
    if (!there) return tl::make_unexpected(there.error());
    return std::ranges::includes(*there, *wanted);
  }

  /// pg_dumpall takes a connection string as an argument, which every process list shows.
  [[nodiscard]] Outcome may() override {
    if (all_.source().cluster) return {};
    const auto so = is_so();
    if (so && *so) return {};
    return refused(fmt::format("{} lacks roles of {}, which is no Debian cluster", all_.to, all_.from),
                   "carry them first: pg_dumpall --roles-only");
  }

  [[nodiscard]] Result<std::string> take() override {
    auto next = all_.target().connect("postgres");
    if (!next) return tl::make_unexpected(next.error());
    const auto dumped = dump(std::max(all_.source().server->version(), next->version()) / 10000);
    if (!dumped) return tl::make_unexpected(dumped.error());
    const auto there = next->query(kRoles);
    if (!there) return tl::make_unexpected(there.error());
    if (auto restored = next->run(without_existing(*dumped, *there, *next)); !restored)
      return tl::make_unexpected(restored.error());
    return std::string();
  }

 private:
  /// Uses the pg_dumpall of the newer version, which reads older ones.
  [[nodiscard]] Result<std::string> dump(int version) {
    const std::string program = program_of(std::to_string(version), "pg_dumpall");
    Host& machine = Host::reached_by(all_.source().host);
    const auto there = machine.exists(program);
    if (!there) return tl::make_unexpected(there.error());
    return machine.run(
        {*there ? program : "pg_dumpall", "--roles-only", "--dbname", all_.source().connection_string},
        all_.source().owner());
  }

  /// Leaves out what psql alone reads, and CREATE ROLE for roles that initdb has made.
  [[nodiscard]] static std::string without_existing(const std::string& dump, const Rows& there,
                                                    const Server& server) {
    std::string text;
    std::istringstream lines(dump);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("\\restrict") || line.starts_with("\\unrestrict")) continue;
      const bool exists = std::ranges::any_of(there, [&](const std::vector<std::string>& role) {
        return line == "CREATE ROLE " + role[0] + ";" ||
               line == "CREATE ROLE " + server.identifier(role[0]) + ";";
      });
      if (!exists) text += line + "\n";
    }
    return text;
  }

  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> roles_step(Changeover& changeover) {
  return std::make_unique<RolesStep>(changeover);
}

}  // namespace pghaul::platform
