#include "fidelity/copy.h"

#include "support/database.h"
#include "support/process.h"
#include "support/versions.h"

namespace pghaul::fidelity {

testing::AssertionResult copied(const support::Database& source, const support::Database& target,
                                const std::vector<std::string>& options) {
  std::vector<std::string> argv = {PGHAUL_COMMAND, "copy", source.uri(), target.uri(), "--progress", "none"};
  argv.insert(argv.end(), options.begin(), options.end());
  const support::ProcessResult result =
      support::run_command(argv, {{"PATH", support::path_with_fetched_clients()}});
  if (result.exit_status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "exit status " << result.exit_status << '\n'
                                     << result.err << result.out;
}

}  // namespace pghaul::fidelity
