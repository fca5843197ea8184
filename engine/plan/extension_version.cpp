#include "plan/extension_version.h"

#include <vector>

namespace pghaul::plan {

const std::string* version_on(const catalog::Server& target, const std::string& extension) {
  for (const auto* extensions : {&target.extensions, &target.available_extensions}) {
    for (const catalog::Extension& candidate : *extensions) {
      if (candidate.name == extension) return &candidate.version;
    }
  }
  return nullptr;
}

}  // namespace pghaul::plan
