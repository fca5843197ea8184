// A channel stays where its link knows it. Expected: use of deleted function
#include <utility>

#include "transport/channel.h"

void another(pghaul::transport::Channel& one) {
#ifdef WRONG
  pghaul::transport::Channel moved(std::move(one));
#else
  pghaul::transport::Channel& same = one;
  same.silence_bell();
#endif
}
