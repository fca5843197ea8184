#include "postgres/history.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace pghaul::postgres {
namespace {

const History kThen{.server = "7",
                    .timeline = "00000001",
                    .database = "16384",
                    .started = "2026-11-30 08:00:00+00",
                    .xmin = 5'000'000'000,
                    .xmax = 5'000'000'010,
                    .position = Lsn{1000}};

std::string after(const std::function<void(History&)>& change, bool only_restarted = false) {
  History now = kThen;
  change(now);
  return break_between(kThen, now, only_restarted);
}

TEST(HistoryOfADatabase, GoesOnWithLaterTransactions) {
  EXPECT_EQ(after([](History&) {}), "");
  EXPECT_EQ(after([](History& now) {
              now.xmin += 2'000'000'000;
              now.xmax += 2'000'000'000;
              now.position = Lsn{2000};
            }),
            "");
}

TEST(HistoryOfADatabase, EndsBeforeTheHeaderOfAPageThatIsStillEmpty) {
  constexpr std::uint64_t kPage = 8192;
  constexpr std::uint64_t kSegment = 16 << 20;
  EXPECT_EQ(end_before(Lsn{3 * kSegment + 40}, kPage, kSegment), Lsn{3 * kSegment});
  EXPECT_EQ(end_before(Lsn{3 * kPage + 24}, kPage, kSegment), Lsn{3 * kPage});
  EXPECT_EQ(end_before(Lsn{3 * kPage + 40}, kPage, kSegment), Lsn{3 * kPage + 40});
  EXPECT_EQ(end_before(Lsn{3 * kPage + 1000}, kPage, kSegment), Lsn{3 * kPage + 1000});
}

TEST(HistoryOfADatabase, IsAnotherOneElsewhere) {
  const std::string another = "another";
  EXPECT_NE(after([&](History& now) { now.server = another; }).find("another server"), std::string::npos);
  EXPECT_NE(after([&](History& now) { now.database = another; }).find("another database"), std::string::npos);
  EXPECT_NE(after([&](History& now) { now.timeline = another; }).find("promoted or restored"),
            std::string::npos);
  EXPECT_NE(after([&](History& now) { now.standby = true; }).find("standby"), std::string::npos);
  EXPECT_NE(after([&](History& now) { now.server.clear(); }).find("may not see"), std::string::npos);
  EXPECT_NE(after([&](History& now) { now.durable = false; }).find("fsync"), std::string::npos);
}

TEST(HistoryOfADatabase, DoesNotGoBack) {
  for (const auto& back : {+[](History& now) { now.xmin -= 1; }, +[](History& now) { now.xmax -= 1; },
                           +[](History& now) { now.position = Lsn{999}; }}) {
    EXPECT_NE(after(back).find("earlier state"), std::string::npos);
  }
}

TEST(HistoryOfADatabase, EndsWithHalfOfTheNumbersOfTransactions) {
  EXPECT_EQ(after([](History& now) { now.xmax = now.xmin + 2'146'000'000; }), "");
  EXPECT_NE(after([](History& now) { now.xmax = now.xmin + 2'147'000'000; }).find("2^31"), std::string::npos);
}

TEST(HistoryOfADatabase, IsDoubtedAfterARestartUnlessSomebodyKnows) {
  const auto restart = [](History& now) { now.started = "2026-11-30 09:00:00+00"; };
  EXPECT_NE(after(restart).find("--source-only-restarted"), std::string::npos);
  EXPECT_EQ(after(restart, true), "");
}

TEST(PossiblyNew, IsHalfOfTheNumbersWhereverItBegins) {
  EXPECT_EQ(possibly_new_sql(0), R"(pg_catalog.xidsend(xmin) BETWEEN '\x00000000' AND '\x7fffffff')");
  EXPECT_EQ(possibly_new_sql(7), R"(pg_catalog.xidsend(xmin) BETWEEN '\x00000007' AND '\x80000006')");
  EXPECT_EQ(possibly_new_sql(0x80000000),
            R"(pg_catalog.xidsend(xmin) BETWEEN '\x80000000' AND '\xffffffff')");
  EXPECT_EQ(possibly_new_sql(0x80000001),
            R"(pg_catalog.xidsend(xmin) NOT BETWEEN '\x00000001' AND '\x80000000')");
  EXPECT_EQ(possibly_new_sql(0x5FFFFFFFF),
            R"(pg_catalog.xidsend(xmin) NOT BETWEEN '\x7fffffff' AND '\xfffffffe')");
}

TEST(PossiblyNew, LeavesOutWhatKnownTransactionsWrote) {
  EXPECT_EQ(possibly_new_sql(7, std::vector<std::uint64_t>{}), possibly_new_sql(7));
  EXPECT_EQ(possibly_new_sql(7, std::vector<std::uint64_t>{8, 0x1'00000009}),
            "xmin <> ALL ('{8,9}'::pg_catalog.xid[]) AND " + possibly_new_sql(7));
}

}  // namespace
}  // namespace pghaul::postgres
