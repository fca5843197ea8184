#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/connection.h"
#include "postgres/libpq_copy_data.h"
#include "postgres/raw_copy_data.h"
#include "postgres/raw_stream.h"
#include "support/cluster.h"

namespace pghaul::postgres {
namespace {

/// The two ways to read rows, which must give the same.
enum class Way { raw, by_libpq };

class CopyDataOf : public testing::TestWithParam<Way> {
 protected:
  Result<std::unique_ptr<CopyData>> begin(const std::string& sql) {
    if (GetParam() == Way::by_libpq) {
      auto data = std::make_unique<LibpqCopyData>(connection_, "rows");
      if (const Status begun = data->begin(sql); !begun) return fail(begun.error());
      return data;
    }
    auto data = std::make_unique<RawCopyData>(connection_, *RawStream::of(connection_.handle()), "rows");
    if (const Status begun = data->begin(sql); !begun) return fail(begun.error());
    return data;
  }
  /// All messages until the end.
  Result<std::vector<std::string>> read(const std::string& sql) {
    Result<std::unique_ptr<CopyData>> data = begin(sql);
    if (!data) return fail(data.error());
    std::vector<std::string> all;
    for (;;) {
      std::span<const std::byte> row;
      const Result<bool> more = (*data)->next(row);
      if (!more) return fail(more.error());
      if (!*more) return all;
      all.emplace_back(reinterpret_cast<const char*>(row.data()), row.size());
    }
  }
  void expect_usable() {
    const Result<Rows> rows = connection_.query("SELECT 42");
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->integer(0, 0), 42);
  }

  Connection connection_ = std::move(
      *Connection::open(*ConnectionString::parse(support::shared_source().uri("postgres")), Side::source));
};

INSTANTIATE_TEST_SUITE_P(EachWay, CopyDataOf, testing::Values(Way::raw, Way::by_libpq),
                         [](const auto& way) { return way.param == Way::raw ? "Raw" : "ByLibpq"; });

TEST_P(CopyDataOf, GivesEachRowOnce) {
  const auto rows = read("COPY (SELECT n FROM generate_series(1, 100000) n) TO STDOUT");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 100000U);
  EXPECT_EQ(rows->front(), "1\n");
  EXPECT_EQ(rows->back(), "100000\n");
  expect_usable();
}

TEST_P(CopyDataOf, MayBeNone) {
  const auto rows = read("COPY (SELECT 1 WHERE false) TO STDOUT");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_TRUE(rows->empty());
  expect_usable();
}

TEST_P(CopyDataOf, MayBeWiderThanAnyBuffer) {
  const auto rows =
      read("COPY (SELECT repeat('x', n) FROM unnest('{1,3000000,2,70000}'::int[]) n) TO STDOUT");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ(rows->at(1), std::string(3000000, 'x') + "\n");
  EXPECT_EQ(rows->at(3), std::string(70000, 'x') + "\n");
}

TEST_P(CopyDataOf, FollowsWhatGoesAheadOfIt) {
  connection_.send_ahead("BEGIN");
  connection_.send_ahead("SET LOCAL application_name = 'ahead'");
  const auto rows = read("COPY (SELECT current_setting('application_name')) TO STDOUT");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, std::vector<std::string>{"ahead\n"});
  EXPECT_TRUE(connection_.execute("COMMIT"));
}

TEST_P(CopyDataOf, IsRefusedInTheServersWords) {
  const auto rows = read("COPY no_such_table TO STDOUT");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::server_error);
  EXPECT_EQ(rows.error().sqlstate, "42P01");
  EXPECT_EQ(rows.error().message,
            "cannot read rows: the source says: relation \"no_such_table\" does not exist");
  expect_usable();
}

TEST_P(CopyDataOf, EndsInTheServersWords) {
  const auto rows = read("COPY (SELECT 1 / (n - 5000) FROM generate_series(1, 10000) n) TO STDOUT");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "22012");
  EXPECT_EQ(rows.error().message, "cannot read rows: the source says: division by zero");
  expect_usable();
}

TEST_P(CopyDataOf, TellsDetailContextAndHint) {
  ASSERT_TRUE(connection_.execute(
      "CREATE FUNCTION pg_temp.complain() RETURNS int LANGUAGE plpgsql AS"
      " $$BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'so it is', HINT = 'ask again'; END$$"));
  const auto rows = read("COPY (SELECT pg_temp.complain()) TO STDOUT");
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().message.find("says: no (so it is) [PL/pgSQL function"), std::string::npos)
      << rows.error().message;
  EXPECT_EQ(rows.error().hint, "ask again");
}

constexpr const char* kManyRows =
    "COPY (SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n) TO STDOUT";

TEST_P(CopyDataOf, LeavesTheConnectionUsableWhenTheRestIsDropped) {
  {
    auto data = begin(kManyRows);
    ASSERT_TRUE(data) << data.error().message;
    std::span<const std::byte> row;
    ASSERT_TRUE((*data)->next(row));
    (*data)->drop_rest();
  }
  expect_usable();
}

TEST_P(CopyDataOf, BreaksTheConnectionWhenLeftHalfWay) {
  {
    auto data = begin(kManyRows);
    ASSERT_TRUE(data) << data.error().message;
    std::span<const std::byte> row;
    ASSERT_TRUE((*data)->next(row));
  }
  const Status later = connection_.execute("SELECT 1");
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::connection_lost);
}

TEST_P(CopyDataOf, KnowsALostConnection) {
  const auto rows = read(
      "COPY (SELECT n, CASE WHEN n = 5000 THEN pg_terminate_backend(pg_backend_pid()) END"
      " FROM generate_series(1, 10000) n) TO STDOUT");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(rows.error().sqlstate, "57P01");
  EXPECT_FALSE(connection_.execute("SELECT 1"));
}

TEST_P(CopyDataOf, KnowsASeveredConnection) {
  auto data = begin("COPY (SELECT n, repeat('x', 1000) FROM generate_series(1, 100000) n) TO STDOUT");
  ASSERT_TRUE(data) << data.error().message;
  connection_.lifeline()->sever();
  Result<bool> more = true;
  while (more && *more) {
    std::span<const std::byte> row;
    more = (*data)->next(row);
  }
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::connection_lost);
}

}  // namespace
}  // namespace pghaul::postgres
