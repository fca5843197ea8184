#include "measure/bottleneck.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

using Server = Wait::Server;

const Wait kSends{Server::source, "Client", "ClientWrite"};
const Wait kStarves{Server::target, "Client", "ClientRead"};

TEST(Bottleneck, IsNothingWhereNobodyIsAtWork) {
  EXPECT_EQ(bottleneck({}), "");
  EXPECT_EQ(bottleneck({kSends}), "");
  EXPECT_EQ(bottleneck({kStarves}), "");
}

TEST(Bottleneck, IsTheSourceWhereTheTargetWaitsForRows) {
  EXPECT_EQ(bottleneck({{Server::source, "", ""}, kStarves}), "source CPU");
  EXPECT_EQ(bottleneck({{Server::source, "IO", "DataFileRead"}, kStarves}), "source read");
}

TEST(Bottleneck, IsTheTargetWhereTheSourceCannotGetRidOfRows) {
  EXPECT_EQ(bottleneck({kSends, {Server::target, "", ""}}), "target CPU");
  EXPECT_EQ(bottleneck({kSends, {Server::target, "IO", "DataFileExtend"}}), "target write");
}

TEST(Bottleneck, IsTheNetworkWhereBothServersWaitForTheirClient) {
  EXPECT_EQ(bottleneck({kSends, kStarves}), "network");
  EXPECT_EQ(bottleneck({{Server::source, "Client", "ClientWrite", 4},
                        {Server::target, "Client", "ClientRead", 3},
                        {Server::target, "", "", 1}}),
            "network");
}

TEST(Bottleneck, NamesWalHoweverTheServerWaitsForIt) {
  EXPECT_EQ(bottleneck({{Server::target, "LWLock", "WALWrite"}}), "target WAL");
  EXPECT_EQ(bottleneck({{Server::target, "IO", "WALSync"}}), "target WAL");
  EXPECT_EQ(bottleneck({{Server::target, "IO", "WalSync"}}), "target WAL");  // as PostgreSQL 17 spells it
  EXPECT_EQ(bottleneck({{Server::target, "LWLock", "WALInsert"}}), "target WAL");
}

TEST(Bottleneck, NamesLocksCheckpointsAndStandbys) {
  EXPECT_EQ(bottleneck({{Server::target, "Lock", "relation"}}), "target locks");
  EXPECT_EQ(bottleneck({{Server::source, "Lock", "relation"}}), "source locks");
  EXPECT_EQ(bottleneck({{Server::target, "IPC", "CheckpointDone"}}), "target checkpoint");
  EXPECT_EQ(bottleneck({{Server::target, "IPC", "SyncRep"}}), "target's standby");
}

TEST(Bottleneck, CountsALeaderThatWaitsForItsParallelWorkersAsComputing) {
  EXPECT_EQ(bottleneck({{Server::target, "IPC", "ParallelCreateIndexScan"}}), "target CPU");
}

TEST(Bottleneck, IsWhatMostSessionsWaitFor) {
  EXPECT_EQ(bottleneck({{Server::target, "", "", 3}, {Server::target, "IO", "WALSync", 1}}), "target CPU");
  EXPECT_EQ(bottleneck({{Server::target, "", "", 2}, {Server::target, "IO", "WALSync", 2}}), "target WAL");
}

}  // namespace
}  // namespace pghaul::measure
