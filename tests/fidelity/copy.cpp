#include "fidelity/copy.h"

#include "support/database.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {

testing::AssertionResult copied(const support::Database& source, const support::Database& target,
                                const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"copy", source.uri(), target.uri(), "--progress", "none"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const support::Haul done = support::haul(arguments, {{"PATH", support::path_with_fetched_clients()}});
  if (done.exit_status == 0) return testing::AssertionSuccess();
  testing::AssertionResult failure = testing::AssertionFailure();
  failure << "exit status " << done.exit_status << '\n' << done.err;
  if (done.report.contains("verification")) failure << done.report["verification"]["mismatches"].dump(1);
  return failure;
}

}  // namespace pghaul::fidelity
