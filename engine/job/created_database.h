#pragma once

#include <string>

#include "base/error.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// The target database, which --create makes where the server has none of its name: with the source's
/// encoding and locale, by a connection to a maintenance database.
class CreatedDatabase {
 public:
  /// Makes it where it is missing. Errors  usage where the target's string doesn't name it; refused by its
  /// server.
  [[nodiscard]] static Result<CreatedDatabase> make_missing(discovery::VerbContext& context);

  /// Drops it again, if this has made it: a copy that was refused leaves nothing. Where that fails, an empty
  /// database stays, which is warned of.
  void drop(discovery::VerbContext& context) const;

 private:
  discovery::Options at_maintenance_;  // those by which the server is reached
  std::string name_;                   // empty: it was there
};

}  // namespace pghaul::job
