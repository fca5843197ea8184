#include "fidelity/judge.h"

#include <stdexcept>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::fidelity {
namespace {

constexpr const char* kCompareDatabases = PGHAUL_ROOT "/tests/fidelity/compare-databases";

std::string judged(const support::Database& source, const support::Database& target,
                   const std::vector<std::string>& options) {
  std::vector<std::string> argv = {kCompareDatabases, source.uri(), target.uri()};
  argv.insert(argv.end(), options.begin(), options.end());
  support::ProcessResult result = support::run_command(argv);
  if (result.exit_status > 1) throw std::runtime_error(result.err);
  return std::move(result.out);
}

/// Restores the schema. Objects that cannot be created there are missing then, as they are in a copy.
void put_schema(const support::Database& source, const std::string& bin, const support::Database& there) {
  const support::ProcessResult dump = support::run_command(
      {bin + "/pg_dump", "--schema-only", "--quote-all-identifiers", "-d", source.uri()});
  if (dump.exit_status != 0) throw std::runtime_error(dump.err);
  (void)support::run_command({"psql", "-X", "-q", "-d", there.uri()}, {}, dump.out);
}

}  // namespace

std::string differences(const support::Database& source, const support::Database& target) {
  return judged(source, target, {});
}

std::string differences(const support::Database& source, const support::Version& source_version,
                        const support::Database& target, const support::Version& target_version,
                        const support::Cluster& target_server) {
  const std::string pg_dump = target_version.client_bin + "/pg_dump";
  if (source_version.major == target_version.major) return judged(source, target, {"--pg-dump", pg_dump});
  const support::Database schema_of(target_server);
  put_schema(source, source_version.client_bin, schema_of);
  return judged(source, target, {"--pg-dump", pg_dump, "--schema-of", schema_of.uri()});
}

std::string differences_once_restored(const support::Database& source, const support::Database& target,
                                      const support::Cluster& target_server) {
  const support::Database schema_of(target_server);
  put_schema(source, support::find_version(15).client_bin, schema_of);
  return judged(source, target, {"--schema-of", schema_of.uri()});
}

}  // namespace pghaul::fidelity
