// The example for HAProxy, with the real one where it is installed.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "live/logical_server.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::live {
namespace {

std::string address_of(const support::Cluster& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

/// The example's configuration, for these two servers and with its files in `folder`.
std::string configuration(const std::string& folder) {
  std::ifstream file(PGHAUL_ROOT "/docs/examples/switchover/haproxy.cfg");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto replace = [&](const char* what, const std::string& by) {
    const std::string before = text;
    text = std::regex_replace(text, std::regex(what), by);
    EXPECT_NE(text, before) << what;
  };
  replace("/run/haproxy/admin.sock", folder + "/admin.sock");
  replace("/var/lib/haproxy/state", folder + "/state");
  replace("bind :5432", "bind unix@" + folder + "/.s.PGSQL.6432 mode 666");
  replace("db1:5432", address_of(logical_server()));
  replace("db2:5432", address_of(other_logical_server()));
  return text;
}

TEST(HaproxyExample, LeadsClientsToTheNewServerAlsoAfterARestart) {
  if (support::run_command({"bash", "-c", "type haproxy socat"}).exit_status != 0)
    GTEST_SKIP() << "haproxy or socat is not installed";
  std::string folder = std::filesystem::temp_directory_path() / "pghaul-haproxy-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/haproxy.cfg") << configuration(folder);
  std::ofstream(folder + "/state").put('\n');
  const std::string uri = "host=" + folder + " port=6432 user=postgres dbname=postgres";
  const auto leads_to = [&] { return support::run_command({"psql", "-XAtqc", "SHOW port", uri}).out; };
  const auto start = [&] {
    auto haproxy = std::make_unique<support::Process>(
        std::vector<std::string>{"haproxy", "-db", "-f", folder + "/haproxy.cfg"});
    const auto deadline = std::chrono::steady_clock::now() + kLongEnough;
    while (leads_to().empty() && std::chrono::steady_clock::now() < deadline) {
      if (haproxy->ends_within(std::chrono::milliseconds(20))) break;
    }
    return haproxy;
  };
  const auto port_of = [](const support::Cluster& server) { return std::to_string(server.port()) + "\n"; };

  auto haproxy = start();
  EXPECT_EQ(leads_to(), port_of(logical_server()));
  postgres::Connection client = session_to(uri, postgres::Side::source);
  const support::ProcessResult moved = support::run_command({PGHAUL_ROOT "/docs/examples/switchover/haproxy"},
                                                            {{"PGHAUL_STATE", "switched"},
                                                             {"HAPROXY_SOCKET", folder + "/admin.sock"},
                                                             {"HAPROXY_OLD", "shop/old"},
                                                             {"HAPROXY_NEW", "shop/new"},
                                                             {"HAPROXY_STATE", folder + "/state"}});
  EXPECT_EQ(moved.exit_status, 0) << moved.err;
  EXPECT_FALSE(client.query("SELECT 1"));
  EXPECT_EQ(leads_to(), port_of(other_logical_server()));
  haproxy.reset();
  haproxy = start();
  EXPECT_EQ(leads_to(), port_of(other_logical_server()));
  haproxy.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pghaul::live
