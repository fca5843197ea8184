#include "faults/secure_server.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/process.h"

namespace pghaul::faults {
namespace {

// $1: a folder for the keys; $2: the server's data directory
constexpr const char* kMakeKeys = R"(
set -e
cd "$1"
sign() { # NAME SUBJECT
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -keyout $1.key -out $1.csr
  openssl x509 -req -in $1.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -out $1.crt
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=authority $RANDOM$RANDOM" \
  -keyout root.key -out root.crt
sign server localhost
sign client certified
chmod 600 client.key
cp server.crt root.crt "$2"
cp server.key "$2/server.key"
chmod 600 "$2/server.key"
cat > "$2/pg_hba.conf" <<END
local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 scram-sha-256
END
if [ $(id -u) = 0 ]; then chown postgres: "$2"/server.key "$2"/*.crt "$2/pg_hba.conf"; fi
)";

std::string new_folder() {
  std::string path = std::filesystem::temp_directory_path() / "pghaul-keys-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  return path;
}

}  // namespace

SecureServer::SecureServer(std::string password) : password_(std::move(password)), keys_(new_folder()) {
  const support::ProcessResult made =
      support::run_command({"bash", "-c", kMakeKeys, "bash", keys_, cluster_.folder() + "/data"});
  if (made.exit_status != 0) throw std::runtime_error(made.err);
  cluster_.psql("postgres", "alter role postgres password '" + password_ +
                                "'; create role certified superuser login;"
                                "alter system set ssl_ca_file = 'root.crt'");
  cluster_.psql("postgres", "alter system set ssl = on");
  cluster_.restart();
}

SecureServer::~SecureServer() {
  std::filesystem::remove_all(keys_);
}

std::string SecureServer::with_password(const std::string& database, const std::string& more) const {
  return "host=localhost hostaddr=127.0.0.1 port=" + std::to_string(cluster_.port()) +
         " user=postgres dbname=" + database + " password='" + password_ + "' " + more;
}

std::string SecureServer::with_certificate(const std::string& database) const {
  return "host=localhost hostaddr=127.0.0.1 port=" + std::to_string(cluster_.port()) +
         " user=certified dbname=" + database + " sslmode=verify-full sslrootcert=" + root_certificate() +
         " sslcert=" + keys_ + "/client.crt sslkey=" + keys_ + "/client.key";
}

}  // namespace pghaul::faults
