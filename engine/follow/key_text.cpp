#include "follow/key_text.h"

namespace pghaul::follow {
namespace {

constexpr std::size_t kLongestKeyText = 200;

}  // namespace

std::string key_text(const changes::Relation& relation, changes::Row row) {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool has_identity = relation.identity != changes::Identity::nothing;
    if (has_identity && !relation.columns[i].in_identity) continue;
    names += (names.empty() ? "(" : ", ") + relation.columns[i].name;
    if (values.size() >= kLongestKeyText) continue;
    values += values.empty() ? "(" : ", ";
    values += row[i].kind == changes::Value::Kind::text ? row[i].text.substr(0, kLongestKeyText) : "NULL";
  }
  return names.empty() ? names : names + ") = " + values + ")";
}

}  // namespace pghaul::follow
