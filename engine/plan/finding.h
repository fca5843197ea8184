#pragma once

#include <string>
#include <vector>

namespace pghaul::plan {

/// Something preflight has to say about the pair of databases.
struct Finding {
  enum class Severity { warning, refusal };
  Severity severity = Severity::refusal;
  std::string code;     // stable, for programs: "missing_role"
  std::string object;   // which; may be empty
  std::string message;  // what: "the target has no role \"app\", which owns 12 objects"
  std::string hint;     // what to do: "create it, or pass --no-owner"
};

}  // namespace pghaul::plan
