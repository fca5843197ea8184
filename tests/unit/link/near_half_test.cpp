#include "link/near_half.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <future>

#include "link/greeting.h"
#include "link/text_transfer.h"
#include "support/played_half.h"

namespace pghaul::link {
namespace {

namespace fs = std::filesystem;
using support::PlayedHalf;
using support::text_of;
using transport::Channel;
using transport::LinkFrame;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

/// libpq, as far as it connects to a socket.
class Client {
 public:
  explicit Client(const std::string& folder) : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder + "/.s.PGSQL.5432").copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& bytes) const {
    EXPECT_EQ(write(socket_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void send_startup(const Fields& parameters) const {
    const std::string body = big_endian(3U << 16) + pack_fields(parameters) + '\0';
    send(big_endian(static_cast<std::uint32_t>(body.size() + 4)) + body);
  }
  void send_cancel(int pid, std::uint32_t channel) const {
    send(big_endian(16) + big_endian(80877102) + big_endian(static_cast<std::uint32_t>(pid)) +
         big_endian(channel));
  }
  [[nodiscard]] std::string receive(std::size_t count) const {
    std::string bytes(count, '\0');
    const ssize_t got = recv(socket_, bytes.data(), count, MSG_WAITALL);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  /// All that comes until the connection is closed.
  [[nodiscard]] std::string receive_all() const {
    std::string all;
    for (std::string byte = receive(1); !byte.empty(); byte = receive(1)) all += byte;
    return all;
  }

 private:
  int socket_;
};

/// A near half whose command carries bytes to and from the test, which plays the far half.
class NearHalfTest : public testing::Test {
 protected:
  NearHalfTest() {
    char name[] = "/tmp/pghaul-near-half-test-XXXXXX";
    folder = mkdtemp(name);
    EXPECT_EQ(mkfifo((folder + "/to-near").c_str(), 0600), 0);
    EXPECT_EQ(mkfifo((folder + "/from-near").c_str(), 0600), 0);
    options.command =
        "far() { cd " + folder +
        "; exec 3<&0; cat <&3 > from-near & from=$!; (cat to-near; kill $from) & wait $from; }; far";
    options.server = postgres::ConnectionString({{"host", "db.example"}, {"dbname", "shop"}});
    options.on_line = [](const std::string&) {};
    options.on_wait = [](const std::string&) {};
    options.on_break = [this](const std::string& reason) { broken.set_value(reason); };
  }
  ~NearHalfTest() override {
    near.reset();
    fs::remove_all(folder);
  }

  void create() {
    Result<std::unique_ptr<NearHalf>> made = NearHalf::create(std::move(options));
    ASSERT_TRUE(made);
    near = std::move(*made);
  }
  /// The far half, once its command runs.
  [[nodiscard]] std::unique_ptr<PlayedHalf> far_half() const {
    const int input = open((folder + "/from-near").c_str(), O_RDONLY | O_CLOEXEC);
    const int output = open((folder + "/to-near").c_str(), O_WRONLY | O_CLOEXEC);
    return std::make_unique<PlayedHalf>(input, output);
  }
  [[nodiscard]] static Status greet(PlayedHalf& far, const std::string& line = greeting()) {
    return far.pipes.write(std::as_bytes(std::span(line)));
  }
  std::future<Result<postgres::ConnectionString>> connecting() {
    return std::async(std::launch::async, [this] { return near->connection_string(); });
  }
  /// Has both halves work: returns the far one.
  std::unique_ptr<PlayedHalf> connected() {
    auto string = connecting();
    std::unique_ptr<PlayedHalf> far = far_half();
    far->start();
    EXPECT_TRUE(greet(*far));
    hello = far->next();
    EXPECT_TRUE(far->link.send(LinkFrame::Kind::ready, 0, pack_fields(facts)));
    address = string.get();
    EXPECT_TRUE(address);
    return far;
  }

  const Fields facts = {{"database", "shop"}, {"user", "ann"}, {"host", "db.example"}, {"port", "5433"}};
  std::string folder;
  NearHalf::Options options;
  std::promise<std::string> broken;
  std::unique_ptr<NearHalf> near;
  Channel::Arrived hello;
  Result<postgres::ConnectionString> address;
};

TEST_F(NearHalfTest, TellsTheFarHalfWhichServerAndHowLongToWaitForIt) {
  options.side = postgres::Side::target;
  options.server.set_silence_limit(std::chrono::seconds(77));
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  EXPECT_EQ(hello.frame.kind, LinkFrame::Kind::hello);
  const Fields said = unpack_fields(text_of(hello)).value();
  EXPECT_EQ(field_in(said, "host"), "db.example");
  EXPECT_EQ(field_in(said, "dbname"), "shop");
  EXPECT_EQ(field_in(said, "side"), "target");
  EXPECT_EQ(field_in(said, "patience"), "77");
  EXPECT_EQ(field_in(said, "digest").size(), 24U);
  EXPECT_EQ(address->detour()->digest_token, field_in(said, "digest"));
}

TEST_F(NearHalfTest, GivesTheAddressByWhichLibpqReachesTheServer) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  const auto& keywords = address->keywords();
  EXPECT_TRUE(fs::is_socket(keywords.at("host") + "/.s.PGSQL." + keywords.at("port")));
  EXPECT_EQ(keywords.at("dbname"), "shop");
  EXPECT_EQ(keywords.at("user"), "ann");
  EXPECT_TRUE(address->detour()->where.starts_with("db.example:5433 via "));
  EXPECT_FALSE(address->detour()->here);
}

TEST_F(NearHalfTest, LeavesNoSocketBehind) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  near.reset();
  EXPECT_FALSE(fs::exists(address->keywords().at("host")));
}

TEST_F(NearHalfTest, FailsForTheReasonThatTheFarHalfSends) {
  create();
  auto string = connecting();
  const std::unique_ptr<PlayedHalf> far = far_half();
  far->start();
  ASSERT_TRUE(greet(*far));
  (void)far->next();
  const Error reason{.code = ErrorCode::refused, .message = "no such host", .hint = "look again"};
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::refused, 0, pack_error(reason)));
  const Result<postgres::ConnectionString> got = string.get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::connection_failed);
  EXPECT_EQ(got.error().message, "no such host");
  EXPECT_EQ(got.error().hint, "look again");
}

TEST_F(NearHalfTest, SaysNothingToAFarHalfOfAnotherVersion) {
  create();
  auto string = connecting();
  const std::unique_ptr<PlayedHalf> far = far_half();
  ASSERT_TRUE(greet(*far, "pghaul-link 1 0.0.1\n"));
  const Result<postgres::ConnectionString> got = string.get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().hint, "install the same version on both machines");
  std::byte byte{};
  EXPECT_EQ(far->pipes.read({&byte, 1}), 0U);
}

TEST_F(NearHalfTest, StartsNothingOnceItIsToStop) {
  std::stop_source stop;
  options.stop = stop.get_token();
  create();
  stop.request_stop();
  EXPECT_EQ(near->connection_string().error().code, ErrorCode::interrupted);
}

TEST_F(NearHalfTest, CarriesAConnectionBothWays) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  const Client libpq(address->keywords().at("host"));
  libpq.send_startup({{"user", "ann"}, {"database", "shop"}});
  const Channel::Arrived asked = far->next();
  EXPECT_EQ(asked.frame.kind, LinkFrame::Kind::open);
  EXPECT_EQ(field_in(unpack_fields(text_of(asked)).value(), "user"), "ann");

  const std::uint32_t id = asked.frame.channel;
  ASSERT_TRUE(
      far->link.send(LinkFrame::Kind::opened, id, pack_fields({{"pid", "42"}, {"server_version", "15.4"}})));
  const std::string in = welcome({{"server_version", "15.4"}}, 42, id);
  EXPECT_EQ(libpq.receive(in.size()), in);

  libpq.send(std::string("Q\0\0\0\x0dSELECT 1\0", 14));
  const Result<Channel::Arrived> query = far->channel(id)->wait({});
  ASSERT_TRUE(query);
  EXPECT_EQ(text_of(*query), std::string("Q\0\0\0\x0dSELECT 1\0", 14));
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::data, id, std::string("Z\0\0\0\5I", 6)));
  EXPECT_EQ(libpq.receive(6), std::string("Z\0\0\0\5I", 6));
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::close, id));
  EXPECT_EQ(libpq.receive_all(), "");
}

TEST_F(NearHalfTest, PassesOnThatAConnectionIsToBeCancelled) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  const Client libpq(address->keywords().at("host"));
  libpq.send_startup({{"user", "ann"}});
  const std::uint32_t id = far->next().frame.channel;
  const Client canceller(address->keywords().at("host"));
  canceller.send_cancel(42, id);
  EXPECT_EQ(canceller.receive_all(), "");
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::refused, id, pack_error({.message = "cancelled"})));
  (void)libpq.receive_all();
  near.reset();
  EXPECT_TRUE(far->await_end());
  EXPECT_TRUE(far->channel(id)->take_cancel());
}

TEST_F(NearHalfTest, GivesLibpqTheReasonWhyTheServerCannotBeReached) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  const Client libpq(address->keywords().at("host"));
  libpq.send_startup({{"user", "ann"}});
  const Error reason{ErrorCode::connection_failed, "too many clients", "53300", {}};
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::refused, far->next().frame.channel, pack_error(reason)));
  EXPECT_EQ(libpq.receive_all(), error_message(reason));
}

TEST_F(NearHalfTest, HasTheFarHalfRunARequest) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  auto answer = std::async(std::launch::async, [this] {
    return near->run_request({.fields = {{"errand", "dump"}}, .text = "what"}, {});
  });
  const std::uint32_t id = far->next().frame.channel;
  const Result<std::string> asked = receive_text(far->link, *far->channel(id), {});
  ASSERT_TRUE(asked);
  EXPECT_EQ(unpack_request(*asked).value().text, "what");
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::done, id));
  ASSERT_TRUE(send_text(far->link, *far->channel(id), pack_request({.text = "the schema"}), {}));
  EXPECT_EQ(answer.get().value().text, "the schema");
}

TEST_F(NearHalfTest, FailsWithTheErrorOfARequest) {
  create();
  const std::unique_ptr<PlayedHalf> far = connected();
  auto answer = std::async(std::launch::async, [this] { return near->run_request({}, {}); });
  const std::uint32_t id = far->next().frame.channel;
  ASSERT_TRUE(receive_text(far->link, *far->channel(id), {}));
  const Error reason{.code = ErrorCode::program_failed, .message = "pg_dump failed"};
  ASSERT_TRUE(far->link.send(LinkFrame::Kind::refused, id, pack_error(reason)));
  const Result<RemoteRequest> got = answer.get();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::program_failed);
  EXPECT_EQ(got.error().message, "pg_dump failed");
}

TEST_F(NearHalfTest, BreaksItsConnectionsAndStartsAnewWhenTheFarHalfHasDied) {
  create();
  std::unique_ptr<PlayedHalf> far = connected();
  const Client libpq(address->keywords().at("host"));
  libpq.send_startup({{"user", "ann"}});
  (void)far->next();
  far.reset();
  EXPECT_TRUE(broken.get_future().get().starts_with("the far half of the link has ended"));
  EXPECT_TRUE(libpq.receive_all().starts_with("E"));
  const std::string first = address->keywords().at("host");
  far = connected();
  EXPECT_EQ(address->keywords().at("host"), first);
}

TEST_F(NearHalfTest, KnowsWhetherBothHalvesAreInOnePlace) {
  create();
  EXPECT_FALSE(near->at_one_place());
  const std::unique_ptr<PlayedHalf> far = connected();
  EXPECT_FALSE(near->at_one_place());
  EXPECT_EQ(field_in(unpack_fields(text_of(hello)).value(), "place"), this_place());
}

TEST(NearHalf, IsNotBypassedByPghostaddr) {
  setenv("PGHOSTADDR", "127.0.0.1", 1);
  const Result<std::unique_ptr<NearHalf>> made = NearHalf::create({});
  unsetenv("PGHOSTADDR");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace pghaul::link
