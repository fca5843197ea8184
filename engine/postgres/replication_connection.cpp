#include "postgres/replication_connection.h"

#include <map>
#include <utility>

namespace pghaul::postgres {

Result<Connection> open_for_replication(const ConnectionString& server, Side side,
                                        const std::string& encoding, const std::stop_token& stop) {
  std::map<std::string, std::string> keywords = server.keywords();
  keywords["replication"] = "database";
  ConnectionString replicating(std::move(keywords));
  replicating.set_silence_limit(server.silence_limit());
  if (server.detour() != nullptr) replicating.set_detour(*server.detour());
  return Connection::open(replicating, side, encoding, stop);
}

}  // namespace pghaul::postgres
