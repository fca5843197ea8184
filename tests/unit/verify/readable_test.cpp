#include "verify/readable.h"

#include <gtest/gtest.h>

namespace pghaul::verify {
namespace {

TEST(Readable, LeavesQuotesWhereANameNeedsThem) {
  EXPECT_EQ(readable(R"(("s"."f"("a", "A") || '"b"'))"), R"((s.f(a, "A") || '"b"'))");
  EXPECT_EQ(readable(R"("order"."a b"."it""s")"), R"("order"."a b"."it""s")");
  EXPECT_EQ(readable(R"("char" "bit" "json" "text"[])"), R"("char" "bit" json text[])");
  EXPECT_EQ(readable(R"("open)"), R"("open)");
  EXPECT_EQ(readable(R"("")"), R"("")");
}

}  // namespace
}  // namespace pghaul::verify
