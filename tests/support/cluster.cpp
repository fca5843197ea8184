#include "support/cluster.h"

#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "support/process.h"

namespace pghaul::support {
namespace {

constexpr const char* kThrowawayServer = PGHAUL_ROOT "/tools/throwaway-server";

std::string output_of(const std::vector<std::string>& argv, const std::string& input = {}) {
  ProcessResult result = run_command(argv, {}, input);
  if (result.exit_status != 0) {
    throw std::runtime_error(argv[0] + " ended with " + std::to_string(result.exit_status) + ":\n" +
                             result.err);
  }
  return std::move(result.out);
}

std::string new_folder() {
  std::string path = PGHAUL_SERVERS_FOLDER "/pghaul-test.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    throw std::runtime_error("cannot make " + path + ": " + std::generic_category().message(errno));
  }
  return path;
}

std::string percent_encoded(const std::string& text) {
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.') {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

/// Replaces the database and the role, postgres, of an address.
std::string with(const std::string& uri, const std::string& database, const std::string& role) {
  std::string address = uri.substr(0, uri.rfind('/') + 1) + percent_encoded(database);
  return address.replace(address.find("postgres@"), std::string("postgres").size(), percent_encoded(role));
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

}  // namespace

Cluster::Cluster(const ClusterOptions& options) : folder_(new_folder()) {
  std::vector<std::string> argv = {kThrowawayServer, "start", folder_, "--owner", std::to_string(::getpid())};
  if (!options.bin_dir.empty()) argv.insert(argv.end(), {"--bin", options.bin_dir});
  if (!options.standby_of.empty()) argv.insert(argv.end(), {"--standby-of", options.standby_of});
  for (const auto& [name, value] : options.settings) argv.insert(argv.end(), {"--set", name + '=' + value});
  try {
    read_details(output_of(argv));
  } catch (...) {
    std::filesystem::remove_all(folder_);
    throw;
  }
}

Cluster::Cluster(RunningElsewhere elsewhere) : folder_(std::move(elsewhere.folder)), owned_(false) {
  read_details(output_of({kThrowawayServer, "show", folder_}));
}

Cluster::~Cluster() {
  if (!owned_) return;
  try {
    output_of({kThrowawayServer, "stop", folder_, "--mode", "immediate", "--remove"});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

std::string Cluster::uri(const std::string& database, const std::string& role) const {
  return with(uri_, database, role);
}

std::string Cluster::tcp_uri(const std::string& database, const std::string& role) const {
  return with(tcp_uri_, database, role);
}

void Cluster::create_database(const std::string& name, const std::string& options) const {
  const bool has_template = options.starts_with("template ");
  psql("postgres",
       "create database " + quoted(name) + (has_template ? " " : " template template0 ") + options);
}

std::string Cluster::psql(const std::string& database, const std::string& sql,
                          const std::string& role) const {
  std::string rows =
      output_of({psql_, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", uri(database, role)}, sql);
  if (rows.ends_with('\n')) rows.pop_back();
  return rows;
}

void Cluster::restart() {
  read_details(output_of({kThrowawayServer, "restart", folder_}));
}

void Cluster::stop_immediate() {
  output_of({kThrowawayServer, "stop", folder_, "--mode", "immediate"});
}

void Cluster::read_details(const std::string& lines) {
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const std::string value = line.substr(equals + 1);
    if (name == "uri") uri_ = value;
    if (name == "tcp") tcp_uri_ = value;
    if (name == "socket") socket_dir_ = value;
    if (name == "port") port_ = static_cast<std::uint16_t>(std::stoul(value));
    if (name == "bin") psql_ = std::filesystem::exists(value + "/psql") ? value + "/psql" : "psql";
  }
}

Cluster Cluster::shared(const std::string& end) {
  const char* servers = std::getenv("PGHAUL_TEST_SERVERS");
  return servers == nullptr ? Cluster() : Cluster(RunningElsewhere{servers + ('-' + end)});
}

const Cluster& shared_source() {
  static const Cluster cluster = Cluster::shared("source");
  return cluster;
}

const Cluster& shared_target() {
  static const Cluster cluster = Cluster::shared("target");
  return cluster;
}

}  // namespace pghaul::support
