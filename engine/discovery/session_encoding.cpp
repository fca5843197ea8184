#include "discovery/session_encoding.h"

#include <map>
#include <utility>

namespace pghaul::discovery {
namespace {

constexpr const char* kKeyword = "client_encoding";

}  // namespace

std::string common_encoding(const std::string& one, const std::string& other) {
  for (const std::string& encoding : {one, other}) {
    if (encoding == "SQL_ASCII" || encoding == "MULE_INTERNAL") return "SQL_ASCII";
  }
  return "UTF8";
}

postgres::ConnectionString in_encoding(const postgres::ConnectionString& server,
                                       const std::string& encoding) {
  std::map<std::string, std::string> keywords = server.keywords();
  keywords[kKeyword] = encoding;
  postgres::ConnectionString other(std::move(keywords));
  other.set_silence_limit(server.silence_limit());
  if (server.detour()) other.set_detour(*server.detour());
  return other;
}

Endpoints in_common_encoding(const Endpoints& ends, const std::string& source, const std::string& target) {
  Endpoints agreed = ends;
  if (source == target) return agreed;
  const std::string encoding = common_encoding(source, target);
  for (std::optional<Endpoint>* const end : {&agreed.source, &agreed.target}) {
    if (*end) (*end)->server = in_encoding((*end)->server, encoding);
  }
  return agreed;
}

}  // namespace pghaul::discovery
