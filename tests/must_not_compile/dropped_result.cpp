// A value that was read may not be dropped by mistake. Expected: ignoring return value of
#include "transport/compression.h"

void parse() {
#ifdef WRONG
  pghaul::transport::Compression::parse("auto");
#else
  (void)pghaul::transport::Compression::parse("auto");
#endif
}
