#include "measure/live_status.h"

#include <nlohmann/json.hpp>

#include "measure/json.h"

namespace pghaul::measure {

double LiveCarry::forecast_seconds() const {
  constexpr double kBytesPerSecond = 50e6;  // of one session that reads rows and one that writes them
  return static_cast<double>(bytes) / kBytesPerSecond;
}

nlohmann::json LiveStatus::to_json() const {
  nlohmann::json out = {{"state", state},
                        {"direction", back ? "back" : "forward"},
                        {"position", lsn_text(position)},
                        {"source_position", lsn_text(source_position)},
                        {"lag_seconds", rounded(lag_seconds)},
                        {"lag_bytes", lag_bytes},
                        {"pending_transactions", pending_transactions},
                        {"transactions", transactions},
                        {"changes", changes},
                        {"changes_per_second", rounded(changes_per_second)},
                        {"slot_holds_bytes", held_bytes}};
  if (state == "following" || state == "catching_up") {
    out["ready"] = not_ready.empty();
    out["not_ready"] = not_ready;
  }
  if (!why.empty()) out["why"] = why;
  if (!source.empty()) out["source"] = source;
  if (may_hold_bytes) out["slot_may_hold_bytes"] = *may_hold_bytes;
  if (proof) {
    if (!proof->until.empty()) out["proved_until"] = proof->until;
    out["different"] = proof->different;
    out["not_compared"] = proof->not_compared;
  }
  if (carry) {
    out["carried"] = {{"tables", carry->tables},
                      {"large_objects", carry->large_objects},
                      {"bytes", carry->bytes},
                      {"forecast_seconds", rounded(carry->forecast_seconds())}};
  }
  if (late_writes) {
    out["late_writes"] = {{"transactions", late_writes->transactions}};
    if (!late_writes->last.empty()) out["late_writes"]["last"] = late_writes->last;
  }
  if (age_seconds) out["age_seconds"] = rounded(*age_seconds);
  if (running) out["running"] = *running;
  return out;
}

}  // namespace pghaul::measure
