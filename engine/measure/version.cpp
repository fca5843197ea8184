#include "measure/version.h"

namespace pghaul::measure {

const char* const kVersion = PGHAUL_VERSION;

}  // namespace pghaul::measure
