#include "support/pooler.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::support {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPgBouncer = "/usr/sbin/pgbouncer";

}  // namespace

bool Pooler::is_installed() {
  return fs::exists(kPgBouncer);
}

Pooler::Pooler(const Cluster& server, const std::string& mode, int pool_size)
    : folder_(fs::temp_directory_path() / "pghaul-pooler-XXXXXX") {
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make " + folder_);
  fs::permissions(folder_, fs::perms::all);
  std::ofstream(folder_ + "/users.txt") << "\"postgres\" \"\"\n";
  std::ofstream(databases_file()) << "[databases]\n* = host=" << server.socket_dir()
                                  << " port=" << server.port() << "\n";
  std::ofstream(folder_ + "/pgbouncer.ini")
      << "%include " << databases_file() << "\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = " << folder_
      << "\nlisten_port = 6432\nauth_type = trust\nauth_file = " << folder_
      << "/users.txt\nadmin_users = postgres\npool_mode = " << mode
      << "\ndefault_pool_size = " << pool_size << "\nlogfile = " << folder_ << "/log\n";
  std::vector<std::string> argv = {kPgBouncer, folder_ + "/pgbouncer.ini"};
  if (geteuid() == 0)
    argv.insert(argv.begin(), {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"});
  process_ = std::make_unique<Process>(argv);
  while (!fs::exists(folder_ + "/.s.PGSQL.6432") && kill(process_->pid(), 0) == 0) usleep(1000);
}

Pooler::~Pooler() {
  process_.reset();
  fs::remove_all(folder_);
}

std::string Pooler::to(const std::string& database) const {
  return "host=" + folder_ + " port=6432 user=postgres dbname=" + database;
}

std::string Pooler::to(const Database& database) const {
  return to(database.name());
}

std::string Pooler::log() const {
  std::ifstream file(folder_ + "/log");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace pghaul::support
