#include "verify/float_digits.h"

#include <gtest/gtest.h>

namespace pghaul::verify {
namespace {

std::string shortened(const std::string& row, const FloatColumns& columns) {
  std::string text;
  shorten_floats(std::as_bytes(std::span(row)), columns, text);
  return text;
}

TEST(ShortenFloats, MakesBothWaysOfWritingANumberOne) {
  EXPECT_EQ(shortened("0.10000000000000001\n", {8}), "0.1\n");
  EXPECT_EQ(shortened("0.1\n", {8}), "0.1\n");
  EXPECT_EQ(shortened("0.100000001\t3.4028235e+38\n", {4, 4}), shortened("0.1\t3.4028235e+38\n", {4, 4}));
  EXPECT_EQ(shortened("4.9406564584124654e-324\n", {8}), shortened("5e-324\n", {8}));
  EXPECT_EQ(shortened("-0\tNaN\t-Infinity\t\\N\n", {8, 8, 8, 8}), "-0\tNaN\t-Infinity\t\\N\n");
}

TEST(ShortenFloats, FindsNumbersWithinValues) {
  EXPECT_EQ(shortened("{0.10000000000000001,NULL,-0.20000000000000001}\n", {8}), "{0.1,NULL,-0.2}\n");
  EXPECT_EQ(shortened("\"(0.10000000000000001,x)\"\t[1.1000000000000001,)\n", {8, 8}),
            "\"(0.1,x)\"\t[1.1,)\n");
  EXPECT_EQ(shortened("(1e+300, -9.9999999999999993e-78)\n", {8}), "(1e+300, -1e-77)\n");
}

TEST(ShortenFloats, LeavesOtherColumnsAndWordsAlone) {
  EXPECT_EQ(shortened("0.10000000000000001\t1.50\n", {0, 0}), "0.10000000000000001\t1.50\n");
  EXPECT_EQ(shortened("1.50\t1.50\n", {0, 8}), "1.50\t1.5\n");
  EXPECT_EQ(shortened("v1.50 1.2.3 a_1.50\n", {8}), "v1.50 1.2.3 a_1.50\n");
  EXPECT_EQ(shortened("\n", {8}), "\n");
}

TEST(ShortenFloats, KeepsDifferentNumbersDifferent) {
  EXPECT_NE(shortened("0.10000000000000001\n", {8}), shortened("0.10000000000000002\n", {8}));
  EXPECT_NE(shortened("0.1\n", {8}), shortened("-0.1\n", {8}));
  EXPECT_NE(shortened("1\t\n", {8, 8}), shortened("\t1\n", {8, 8}));
}

}  // namespace
}  // namespace pghaul::verify
