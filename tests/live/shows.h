#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "live/logical_server.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::live {

/// Waits until `query` gives `wanted`; tables may be missing before. False, and the test has failed: it does
/// not in time, or the follower has ended.
inline bool shows(support::Process& follower, const support::Database& database, const std::string& query,
                  const std::string& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kLongEnough;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      if (database.psql(query) == wanted) return true;
    } catch (const std::exception&) {  // not copied yet
    }
    if (follower.ends_within(std::chrono::milliseconds(20))) {
      ADD_FAILURE() << "the follower ended: " << follower.wait().err;
      return false;
    }
  }
  ADD_FAILURE() << query << " does not become " << wanted << ": " << follower.err();
  return false;
}

}  // namespace pghaul::live
