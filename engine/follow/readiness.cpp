#include "follow/readiness.h"

#include <fmt/format.h>

namespace pghaul::follow {
namespace {

constexpr double kMostLag = 0.5;  // seconds: less than writers may be held for

void add_each(const std::vector<std::string>& all, const char* what, std::vector<std::string>& reasons) {
  for (const std::string& one : all) reasons.push_back(what + one);
}

/// A round may be missed, as where a comparison of all rows had the barrier.
void add_proof(const measure::LiveProof& proof, double round_every, std::vector<std::string>& reasons) {
  constexpr double kRoundTakes = 60;
  add_each(proof.different, "rows differ between source and target: ", reasons);
  if (!proof.different.empty()) return;
  if (!proof.age_seconds) {
    reasons.emplace_back("what was changed since the copy has not been compared yet");
  } else if (*proof.age_seconds > 2 * round_every + kRoundTakes) {
    reasons.push_back(
        fmt::format("what was changed was compared {:.0f} s ago for the last time", *proof.age_seconds));
  }
}

}  // namespace

std::vector<std::string> reasons_not_ready(const ReadinessFacts& facts) {
  std::vector<std::string> reasons;
  if (!facts.connected) reasons.emplace_back("the stream of changes has not begun yet");
  if (facts.lag_seconds >= kMostLag) {
    reasons.push_back(fmt::format("the target is {:.1f} s behind the source", facts.lag_seconds));
  }
  add_each(facts.transactions.prepared, "a prepared transaction keeps its locks on the source: ", reasons);
  add_each(facts.transactions.writers, "an old transaction keeps its locks on the source: ", reasons);
  if (!facts.new_partitions.empty()) {
    reasons.push_back("the target lacks new partitions of the source: " + facts.new_partitions);
  }
  if (facts.proof) add_proof(*facts.proof, facts.round_every, reasons);
  return reasons;
}

}  // namespace pghaul::follow
