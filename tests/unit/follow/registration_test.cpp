#include "follow/registration.h"

#include <gtest/gtest.h>

namespace pghaul::follow {
namespace {

TEST(Registration, IsNamedByItsTarget) {
  EXPECT_EQ(registration_name("7713787717744430674", 16384), "pghaul_live_7713787717744430674_16384");
}

TEST(Registration, HasANameThatIsOneOfASlotWhateverTheNumbers) {
  constexpr std::size_t kLongestName = 63;  // NAMEDATALEN - 1
  const std::string name = registration_name("18446744073709551615", 4294967295U);
  EXPECT_LE(name.size(), kLongestName);
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << name;
}

}  // namespace
}  // namespace pghaul::follow
