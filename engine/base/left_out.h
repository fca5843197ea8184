#pragma once

#include <string>
#include <vector>

namespace pghaul {

/// An object that was not carried or not compared, and why.
struct LeftOut {
  std::string object;  // for people: "sequence public.s"
  std::string reason;
};

using LeftOuts = std::vector<LeftOut>;

}  // namespace pghaul
