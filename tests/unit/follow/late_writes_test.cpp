#include "follow/late_writes.h"

#include <gtest/gtest.h>

#include <array>

namespace pghaul::follow {
namespace {

using changes::Relation;
using changes::Value;

const Relation kOrders{
    .oid = 1,
    .schema = "public",
    .name = "orders",
    .columns = {{.name = "id", .in_identity = true}, {.name = "note", .in_identity = false}}};
const Relation kOwn{.oid = 3, .schema = "pghaul_live", .name = "follow_progress", .columns = {}};
const std::array<Value, 2> kRow{Value{.kind = Value::Kind::text, .text = "7"},
                                Value{.kind = Value::Kind::null, .text = {}}};

TEST(LateWrites, NamesTheFirstChangeOfATransaction) {
  LateWrites writes("pghaul_live");
  EXPECT_FALSE(writes.see(changes::Begin{.xid = 42}));
  EXPECT_FALSE(writes.see(changes::Insert{.relation = &kOrders, .row = kRow}));
  EXPECT_FALSE(writes.see(changes::Delete{.relation = &kOrders, .old = kRow}));
  const std::optional<LateWrite> late = writes.see(changes::Commit{});
  ASSERT_TRUE(late);
  EXPECT_EQ(late->xid, 42U);
  EXPECT_EQ(late->changes, 2U);
  EXPECT_EQ(late->table, "public.orders");
  EXPECT_EQ(late->change, "INSERT into public.orders, (id) = (7)");
}

TEST(LateWrites, LeavesOutWhatTouchesPghaulsOwnTables) {
  LateWrites writes("pghaul_live");
  EXPECT_FALSE(writes.see(changes::Begin{.xid = 42}));
  EXPECT_FALSE(writes.see(changes::Insert{.relation = &kOrders, .row = kRow}));
  EXPECT_FALSE(writes.see(changes::Update{.relation = &kOwn, .row = kRow}));
  EXPECT_FALSE(writes.see(changes::Commit{}));
  EXPECT_FALSE(writes.see(changes::Begin{.xid = 43}));
  EXPECT_FALSE(writes.see(changes::Commit{}));
  EXPECT_FALSE(writes.see(changes::Begin{.xid = 44}));
  const std::array<const Relation*, 1> emptied{&kOrders};
  EXPECT_FALSE(writes.see(changes::Truncate{.relations = emptied}));
  EXPECT_EQ(writes.see(changes::Commit{})->change, "TRUNCATE of public.orders");
}

}  // namespace
}  // namespace pghaul::follow
