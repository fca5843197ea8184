#include "postgres/publication.h"

#include "postgres/quote.h"

namespace pghaul::postgres {
namespace {

std::string list(const std::vector<std::string>& tables) {
  std::string all;
  for (const std::string& table : tables) all += (all.empty() ? "ONLY " : ", ONLY ") + table;
  return all;
}

}  // namespace

std::string create_publication(const std::string& name, const std::vector<std::string>& tables) {
  return "CREATE PUBLICATION " + quote(name) + (tables.empty() ? "" : " FOR TABLE " + list(tables));
}

std::string add_to_publication(const std::string& name, const std::vector<std::string>& tables) {
  return "BEGIN; LOCK TABLE " + list(tables) + " IN SHARE ROW EXCLUSIVE MODE; ALTER PUBLICATION " +
         quote(name) + " ADD TABLE " + list(tables) + "; COMMIT";
}

}  // namespace pghaul::postgres
