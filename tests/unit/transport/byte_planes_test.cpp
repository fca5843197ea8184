#include "transport/byte_planes.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "support/seed.h"

namespace pghaul::transport {
namespace {

std::vector<std::byte> bytes_of(const std::vector<std::uint64_t>& numbers, std::size_t width) {
  std::vector<std::byte> bytes;
  for (const std::uint64_t number : numbers) {
    for (std::size_t i = width; i-- > 0;) bytes.push_back(static_cast<std::byte>(number >> (8 * i) & 0xFF));
  }
  return bytes;
}

TEST(BytePlanes, BecomeTheSameNumbersAgain) {
  std::mt19937_64 random(support::seed_of_this_run());
  for (const std::size_t width : {2U, 4U, 8U}) {
    for (const std::size_t count : {0U, 1U, 2U, 17U, 1000U}) {
      std::vector<std::uint64_t> numbers(count);
      for (std::uint64_t& number : numbers) number = random() >> random() % 64;
      const std::vector<std::byte> values = bytes_of(numbers, width);
      for (const Numbers how : {Numbers::themselves, Numbers::differences}) {
        std::vector<std::byte> planes(values.size());
        std::vector<std::byte> again(values.size());
        split(values, width, how, planes);
        join(planes, width, how, again);
        EXPECT_EQ(again, values) << width << " bytes each, " << count;
      }
    }
  }
}

TEST(BytePlanes, PutTheFirstBytesOfAllNumbersTogether) {
  const std::vector<std::byte> values = bytes_of({0x0102, 0x0304}, 2);
  std::vector<std::byte> planes(4);
  split(values, 2, Numbers::themselves, planes);
  EXPECT_EQ(planes, (std::vector<std::byte>{std::byte{1}, std::byte{3}, std::byte{2}, std::byte{4}}));
}

TEST(BytePlanes, TakeDifferencesOfNumbersThatRise) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t key = 1'000'000; key < 1'000'300; key += 3) keys.push_back(key);
  EXPECT_EQ(better_split(bytes_of(keys, 4), 4), Numbers::differences);
}

TEST(BytePlanes, AreOfNumbersOfTwoFourOrEightBytesOnly) {
  for (std::size_t width = 0; width < 20; ++width)
    EXPECT_EQ(can_be_split(width), width == 2 || width == 4 || width == 8) << width;
}

}  // namespace
}  // namespace pghaul::transport
