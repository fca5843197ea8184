#include "changes/decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/pgoutput.h"

namespace pghaul::changes {
namespace {

using support::PgoutputMessage;

constexpr std::uint32_t kOrders = 16385;
constexpr std::uint64_t kCommitLsn = 0x100'0000'0010;

Value text(std::string_view text) {
  return {.kind = Value::Kind::text, .text = text};
}
constexpr Value kNull{.kind = Value::Kind::null, .text = {}};
constexpr Value kUnchanged{.kind = Value::Kind::unchanged, .text = {}};

std::string begin() {
  return PgoutputMessage('B').int64(kCommitLsn).int64(-5).int32(4'000'000'000).bytes();
}
std::string commit() {
  return PgoutputMessage('C').int8(0).int64(kCommitLsn).int64(kCommitLsn + 40).int64(-5).bytes();
}
std::string orders() {
  return PgoutputMessage('R')
      .int32(kOrders)
      .text("public")
      .text("orders")
      .letter('d')
      .int16(2)  //
      .int8(1)
      .text("id")
      .int32(20)
      .int32(-1)  //
      .int8(0)
      .text("what")
      .int32(1043)
      .int32(14)
      .bytes();
}
std::string change(char kind, std::string_view row_kind, const std::vector<Row>& rows) {
  PgoutputMessage message(kind);
  message.int32(kOrders);
  for (std::size_t i = 0; i < rows.size(); ++i) message.letter(row_kind[i]).row(rows[i]);
  return message.bytes();
}

Result<Message> decode(Decoder& decoder, const std::string& bytes) {
  return decoder.decode(std::as_bytes(std::span(bytes)));
}

/// A decoder in the middle of a transaction that has described `orders`.
class Decoding : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& message : {begin(), orders()}) ASSERT_TRUE(decode(decoder_, message));
  }
  /// Decodes `bytes`, which must outlive the result.
  template <typename Kind>
  Kind good(const std::string& bytes) {
    const Result<Message> message = decode(decoder_, bytes);
    EXPECT_TRUE(message) << message.error().message;
    return message && std::holds_alternative<Kind>(*message) ? std::get<Kind>(*message) : Kind{};
  }
  std::string complaint(const std::string& bytes) {
    const Result<Message> message = decode(decoder_, bytes);
    if (message) return "none";
    EXPECT_EQ(message.error().code, ErrorCode::server_error);
    constexpr std::string_view kPrefix = "the source's stream of changes is not of pgoutput's protocol: ";
    EXPECT_TRUE(message.error().message.starts_with(kPrefix)) << message.error().message;
    return message.error().message.substr(kPrefix.size());
  }
  Decoder decoder_;
};

TEST(Decoder, ReadsWhereATransactionBeginsAndEnds) {
  Decoder decoder;
  EXPECT_FALSE(decoder.in_transaction());
  const Result<Message> first = decode(decoder, begin());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(std::get<Begin>(*first).commit_lsn, Lsn{kCommitLsn});
  EXPECT_EQ(std::get<Begin>(*first).committed_at, -5);
  EXPECT_EQ(std::get<Begin>(*first).xid, 4'000'000'000U);
  EXPECT_TRUE(decoder.in_transaction());
  const Result<Message> last = decode(decoder, commit());
  ASSERT_TRUE(last) << last.error().message;
  EXPECT_EQ(std::get<Commit>(*last).end_lsn, Lsn{kCommitLsn + 40});
  EXPECT_FALSE(decoder.in_transaction());
}

TEST_F(Decoding, ReadsTheBytesOfAnInsert) {
  const std::string bytes("I\0\0\x40\x01N\0\2t\0\0\0\0021\x37n", 16);
  const auto insert = good<Insert>(bytes);
  ASSERT_EQ(insert.row.size(), 2U);
  EXPECT_EQ(insert.row[0].text, "17");
  EXPECT_EQ(insert.row[0].text.data(), bytes.data() + 13);  // it is not copied
  EXPECT_EQ(insert.row[1].kind, Value::Kind::null);
  EXPECT_EQ(insert.relation->name, "orders");
}

/// So that they can be passed on without being copied.
TEST_F(Decoding, EndsTextsWithAZeroByteInPlace) {
  std::string bytes = change('U', "KN", {std::vector{text("17"), kNull}, std::vector{text("18"), text("")}});
  const Result<Message> message = decoder_.decode_in_place(std::span<char>(bytes.data(), bytes.size()));
  ASSERT_TRUE(message) << message.error().message;
  const auto& update = std::get<Update>(*message);
  EXPECT_STREQ(update.old[0].text.data(), "17");
  EXPECT_STREQ(update.row[0].text.data(), "18");
  EXPECT_STREQ(update.row[1].text.data(), "");
  EXPECT_TRUE(update.old[0].terminated && update.row[0].terminated && update.row[1].terminated);
  EXPECT_EQ(update.old[1].kind, Value::Kind::null);
  EXPECT_FALSE(update.old[1].terminated);
}

TEST_F(Decoding, ReadsTheDescriptionOfATable) {
  const Relation expected{.oid = kOrders,
                          .schema = "public",
                          .name = "orders",
                          .identity = Identity::primary_key,
                          .columns = {{"id", 20, -1, true}, {"what", 1043, 14, false}}};
  EXPECT_EQ(*good<Description>(orders()).relation, expected);
}

TEST_F(Decoding, TakesTheLatestDescriptionOfATable) {
  const std::string narrow = PgoutputMessage('R')
                                 .int32(kOrders)
                                 .text("")
                                 .text("o")
                                 .letter('f')
                                 .int16(1)  //
                                 .int8(1)
                                 .text("a")
                                 .int32(25)
                                 .int32(-1)
                                 .bytes();
  ASSERT_TRUE(decode(decoder_, narrow));
  const std::string bytes = change('I', "N", {std::vector{text("x")}});
  const auto insert = good<Insert>(bytes);
  EXPECT_EQ(insert.relation->schema, "pg_catalog");
  EXPECT_EQ(insert.relation->identity, Identity::full);
  EXPECT_EQ(complaint(change('I', "N", {std::vector{text("1"), kNull}})),
            "a row of pg_catalog.o has 2 values for 1 columns");
}

TEST_F(Decoding, TellsWhichOldValuesAnUpdateHas) {
  const std::vector old{text("1"), kNull};
  const std::vector row{text("2"), kUnchanged};
  EXPECT_EQ(good<Update>(change('U', "N", {row})).old_kind, OldRow::none);
  const std::string by_key = change('U', "KN", {old, row});
  const auto update = good<Update>(by_key);
  EXPECT_EQ(update.old_kind, OldRow::key);
  EXPECT_EQ(update.old[0].text, "1");
  EXPECT_EQ(update.row[0].text, "2");
  EXPECT_EQ(update.row[1].kind, Value::Kind::unchanged);
  EXPECT_EQ(good<Update>(change('U', "ON", {old, row})).old_kind, OldRow::full);
}

TEST_F(Decoding, TellsWhichOldValuesADeleteHas) {
  const std::vector old{text("1"), kNull};
  EXPECT_EQ(good<Delete>(change('D', "K", {old})).old_kind, OldRow::key);
  EXPECT_EQ(good<Delete>(change('D', "O", {old})).old_kind, OldRow::full);
}

TEST_F(Decoding, ReadsATruncateOfSeveralTables) {
  const std::string other = PgoutputMessage('R').int32(7).text("s").text("t").letter('n').int16(0).bytes();
  ASSERT_TRUE(decode(decoder_, other));
  const auto truncate = good<Truncate>(PgoutputMessage('T').int32(2).int8(3).int32(7).int32(kOrders).bytes());
  ASSERT_EQ(truncate.relations.size(), 2U);
  EXPECT_EQ(truncate.relations[0]->name, "t");
  EXPECT_TRUE(truncate.cascade);
  EXPECT_TRUE(truncate.restart_identity);
}

TEST_F(Decoding, ReadsWhatComesBesideRows) {
  const std::string origin = PgoutputMessage('O').int64(9).text("far").bytes();
  EXPECT_EQ(good<Origin>(origin).name, "far");
  EXPECT_EQ(good<Origin>(origin).commit_lsn, Lsn{9});
  const std::string type = PgoutputMessage('Y').int32(16390).text("public").text("mood").bytes();
  EXPECT_EQ(good<Type>(type).oid, 16390U);
  EXPECT_EQ(good<Type>(type).name, "mood");
  const std::string emitted = PgoutputMessage('M').int8(1).int64(9).text("p").counted("a\nb").bytes();
  EXPECT_TRUE(good<Emitted>(emitted).transactional);
  EXPECT_EQ(good<Emitted>(emitted).content, "a\nb");
}

TEST_F(Decoding, RefusesEachMessageThatIsCutOrContinued) {
  const std::string other = PgoutputMessage('R').int32(7).text("s").text("t").letter('n').int16(0).bytes();
  const std::vector whole{text("12"), text("new")};
  const std::vector<std::string> messages = {
      orders(),
      other,
      change('I', "N", {whole}),
      change('U', "KN", {whole, whole}),
      change('D', "O", {whole}),
      PgoutputMessage('T').int32(1).int8(0).int32(kOrders).bytes(),
      PgoutputMessage('O').int64(9).text("far").bytes(),
      PgoutputMessage('Y').int32(16390).text("public").text("mood").bytes(),
      PgoutputMessage('M').int8(1).int64(9).text("p").counted("abc").bytes(),
      commit(),
  };
  for (const std::string& message : messages) {
    for (std::size_t bytes = 0; bytes < message.size(); ++bytes) {
      EXPECT_NE(complaint(message.substr(0, bytes)), "none") << message << " of " << bytes << " bytes";
    }
    EXPECT_NE(complaint(message + '\0'), "none") << message;
    Decoder another;
    ASSERT_TRUE(decode(another, begin()));
    ASSERT_TRUE(decode(another, orders()));
    EXPECT_TRUE(decode(another, message)) << message;
    ASSERT_TRUE(decode(decoder_, orders()));
    if (!decoder_.in_transaction()) {
      ASSERT_TRUE(decode(decoder_, begin()));
    }
  }
}

TEST_F(Decoding, RefusesWhatNoServerSays) {
  EXPECT_EQ(complaint("Z"), "a message is of kind 'Z', which is not known");
  EXPECT_EQ(complaint("\x01"), "a message is of kind 0x01, which is not known");
  EXPECT_EQ(complaint(begin()), "a transaction began within another one");
  EXPECT_EQ(complaint(PgoutputMessage('I').int32(5).letter('N').int16(0).bytes()),
            "a change is of the table with OID 5, which was not described");
  EXPECT_EQ(complaint(change('I', "K", {std::vector{text("1"), kNull}})), "an INSERT has a row of kind 'K'");
  EXPECT_EQ(complaint(change('U', "KK", {std::vector{text("1"), kNull}, std::vector{text("1"), kNull}})),
            "an UPDATE has a row of kind 'K'");
  EXPECT_EQ(complaint(change('D', "N", {std::vector{text("1"), kNull}})), "a DELETE has a row of kind 'N'");
  EXPECT_EQ(complaint(change('I', "N", {std::vector{text("1")}})),
            "a row of public.orders has 1 values for 2 columns");
  EXPECT_EQ(complaint(change('D', "K", {std::vector{text("1"), kUnchanged}})),
            "an old row of public.orders leaves a value out");
  EXPECT_EQ(complaint(change('I', "N", {std::vector{text(std::string_view("a\0b", 3)), kNull}})),
            "a value of public.orders has a zero byte");
  const Value binary{.kind = static_cast<Value::Kind>('b'), .text = {}};
  EXPECT_EQ(complaint(change('I', "N", {std::vector{binary, kNull}})),
            "a value of public.orders is of kind 'b', which is not known");
  EXPECT_EQ(complaint(PgoutputMessage('T').int32(1).int8(4).int32(kOrders).bytes()),
            "a TRUNCATE has unknown flags");
  EXPECT_EQ(complaint(PgoutputMessage('M').int8(2).int64(9).text("p").counted("").bytes()),
            "an emitted message has unknown flags");
  EXPECT_EQ(complaint(PgoutputMessage('R').int32(7).text("s").text("t").letter('x').int16(0).bytes()),
            "the replica identity of s.t is of kind 'x', which is not known");
  EXPECT_EQ(complaint(PgoutputMessage('C').int8(1).int64(kCommitLsn).int64(kCommitLsn + 40).int64(0).bytes()),
            "a commit has unknown flags");
  EXPECT_EQ(complaint(PgoutputMessage('C').int8(0).int64(kCommitLsn).int64(kCommitLsn).int64(0).bytes()),
            "the transaction that was to be committed at 100/10 was committed from 100/10 to 100/10");
  EXPECT_EQ(complaint(PgoutputMessage('C').int8(0).int64(8).int64(kCommitLsn + 40).int64(0).bytes()),
            "the transaction that was to be committed at 100/10 was committed from 0/8 to 100/38");
}

TEST_F(Decoding, RefusesChangesOutsideOfATransaction) {
  ASSERT_TRUE(decode(decoder_, commit()));
  EXPECT_EQ(complaint(commit()), "a message of kind 'C' came outside of a transaction");
  EXPECT_EQ(complaint(change('I', "N", {std::vector{text("1"), kNull}})),
            "a message of kind 'I' came outside of a transaction");
}

}  // namespace
}  // namespace pghaul::changes
