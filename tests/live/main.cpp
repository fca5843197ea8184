#include <gtest/gtest.h>

#include <string>

#include "live/followed.h"

/// Runs the tests; as "live_tests follow SOURCE TARGET SLOT ITEMS TRANSACTIONS BYTES", a follower that is to
/// be killed.
int main(int count, char** arguments) {
  if (count == 8 && std::string(arguments[1]) == "follow") {
    return pghaul::live::follow_and_die(
        arguments[2], arguments[3], arguments[4], std::stoul(arguments[5]),
        {.transactions = std::stoul(arguments[6]), .batch_bytes = std::stoul(arguments[7])});
  }
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
