#include "poolers.h"

namespace pghaul::platform {
namespace {

template <typename Do>
Outcome for_each_pooler(Fleet& fleet, Do act) {
  Outcome first;
  for (const auto& pointer : fleet.pointers()) {
    if (auto done = act(*pointer); !done && first) first = done;
  }
  return first;
}

}  // namespace

Outcome hold_statements(Fleet& fleet) {
  return for_each_pooler(fleet, [](Pointer& pointer) { return pointer.hold_new(); });
}

Result<bool> are_statements_held(Fleet& fleet) {
  for (const auto& pointer : fleet.pointers()) {
    if (const auto held = pointer->is_held(); !held || *held) return held;
  }
  return false;
}

Outcome let_statements_go(Fleet& fleet) {
  return for_each_pooler(fleet, [](Pointer& pointer) { return pointer.let_go(); });
}

}  // namespace pghaul::platform
