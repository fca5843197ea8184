#pragma once

#include <string>
#include <vector>

namespace pghaul::plan {

/// A reason to refuse a copy or to warn of it, found before anything is touched. The report lists them.
struct Finding {
  enum class Severity { warning, refusal };
  Severity severity = Severity::refusal;
  std::string code;     // stable, for programs: "missing_role"
  std::string object;   // name of the object concerned; may be empty
  std::string message;  // for example "the target has no role \"app\", which owns 12 objects"
  std::string hint;     // for example "create it, or pass --no-owner"
};

}  // namespace pghaul::plan
