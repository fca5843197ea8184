#pragma once

#include <string>

#include "base/error.h"
#include "schema/schema_archive.h"
#include "verify/ledger.h"

namespace pghaul::job {

/// What a run is asked to do, as set through the C interface.
struct Options {
  std::string source;
  std::string target;
  int jobs = 0;  // 0: chosen
  schema::Filters filters;
  bool with_large_objects = true;
  std::string confirm;  // the target database's name: what it holds may go
  verify::Mode verify = verify::Mode::checksums;
  std::string snapshot;  // exported by somebody else; empty: our own

  /// By the names that pghaul.h lists.
  [[nodiscard]] Status set(const std::string& option, const std::string& value);
};

}  // namespace pghaul::job
