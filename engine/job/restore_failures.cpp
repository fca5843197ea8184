#include "job/restore_failures.h"

#include <fmt/format.h>

namespace pghaul::job {

Status as_status(const std::vector<schema::Failure>& failures) {
  if (failures.empty()) return {};
  std::string message = failures.size() == 1
                            ? "pg_restore could not create one object"
                            : fmt::format("pg_restore could not create {} objects", failures.size());
  for (const schema::Failure& failure : failures) message += "\n  " + failure.object + ": " + failure.reason;
  return fail(ErrorCode::program_failed, message);
}

}  // namespace pghaul::job
