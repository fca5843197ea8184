#include "link/listening_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pghaul::link {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kName = ".s.PGSQL.5432";  // by which libpq looks for port 5432

sockaddr_un address_of(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder + "/" + kName).copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

class ListeningSocketTest : public testing::Test {
 protected:
  ListeningSocketTest() {
    char name[] = "/tmp/pghaul-socket-test-XXXXXX";
    folder = mkdtemp(name);
    setenv("TMPDIR", folder.c_str(), 1);
  }
  ~ListeningSocketTest() override {
    unsetenv("TMPDIR");
    fs::remove_all(folder);
  }

  /// A folder with a socket, as a run makes one; nobody listens once the descriptor is closed.
  [[nodiscard]] int make_folder(const std::string& name) const {
    fs::create_directory(folder / name);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(folder / name);
    EXPECT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(descriptor, 1), 0);
    return descriptor;
  }
  void make_older(const std::string& name) const {
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - 2min);
  }

  fs::path folder;
};

TEST_F(ListeningSocketTest, AcceptsWhoeverConnectsWhereLibpqLooks) {
  const Result<ListeningSocket> listening = ListeningSocket::open();
  ASSERT_TRUE(listening);
  EXPECT_EQ(listening->accept(0ms), std::nullopt);
  const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(listening->folder());
  ASSERT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::optional<int> accepted = listening->accept(10s);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(write(*accepted, "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(client, &byte, 1), 1);
  close(*accepted);
  close(client);
}

TEST_F(ListeningSocketTest, IsInAFolderThatIsOurs) {
  const Result<ListeningSocket> listening = ListeningSocket::open();
  ASSERT_TRUE(listening);
  struct stat status {};
  ASSERT_EQ(stat(listening->folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(ListeningSocketTest, LeavesNothingBehind) {
  {
    Result<ListeningSocket> listening = ListeningSocket::open();
    ASSERT_TRUE(listening);
    const ListeningSocket moved = std::move(*listening);
    EXPECT_TRUE(fs::exists(moved.folder() + "/" + kName));
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(ListeningSocketTest, RemovesWhatKilledRunsHaveLeft) {
  close(make_folder("pghaul-link-killed"));
  fs::create_directory(folder / "pghaul-link-without-socket");
  make_older("pghaul-link-killed");
  make_older("pghaul-link-without-socket");
  ASSERT_TRUE(ListeningSocket::open());
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(ListeningSocketTest, LeavesAFolderThatMayBeInUse) {
  const int used = make_folder("pghaul-link-used");
  close(make_folder("pghaul-link-young"));
  close(make_folder("another-program"));
  fs::create_directory(folder / "pghaul-link-with-files");
  std::ofstream(folder / "pghaul-link-with-files/notes") << "mine";
  for (const char* name : {"pghaul-link-used", "another-program", "pghaul-link-with-files"}) make_older(name);
  ASSERT_TRUE(ListeningSocket::open());
  close(used);
  EXPECT_TRUE(fs::exists(folder / "pghaul-link-used" / kName));
  EXPECT_TRUE(fs::exists(folder / "pghaul-link-young" / kName));
  EXPECT_TRUE(fs::exists(folder / "another-program" / kName));
  EXPECT_TRUE(fs::exists(folder / "pghaul-link-with-files/notes"));
}

TEST_F(ListeningSocketTest, SaysThatTheNameIsTooLong) {
  const fs::path deep = folder / std::string(90, 'x');
  fs::create_directory(deep);
  setenv("TMPDIR", deep.c_str(), 1);
  const Result<ListeningSocket> listening = ListeningSocket::open();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::system);
  EXPECT_NE(listening.error().message.find("is too long"), std::string::npos) << listening.error().message;
  EXPECT_NE(listening.error().hint.find("TMPDIR"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(deep));
}

TEST_F(ListeningSocketTest, SaysThatThereIsNoFolderForIt) {
  setenv("TMPDIR", "/nowhere/at/all", 1);
  const Result<ListeningSocket> listening = ListeningSocket::open();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::system);
}

}  // namespace
}  // namespace pghaul::link
