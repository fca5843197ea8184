#include "schema/missing_entries.h"

#include <set>
#include <string>
#include <utility>

namespace pghaul::schema {
namespace {

bool may_be_repeated(const Entry& entry) {
  return entry.kind == "COMMENT" || entry.kind == "ACL" || entry.kind == "DEFAULT ACL" ||
         entry.kind == "SECURITY LABEL" || entry.kind == "ROW SECURITY";
}

/// Returns kind, schema and name; not the owner, whom an object gets only after it was made.
std::pair<std::string, std::string> identity(const Entry& entry) {
  return {entry.kind, entry.text.substr(0, entry.text.rfind(' '))};
}

}  // namespace

std::vector<Entry> missing_entries(const std::vector<Entry>& wanted, const std::vector<Entry>& present) {
  std::set<std::pair<std::string, std::string>> there;
  for (const Entry& entry : present) there.insert(identity(entry));
  std::vector<Entry> missing;
  for (const Entry& entry : wanted) {
    if (may_be_repeated(entry) || !there.contains(identity(entry))) missing.push_back(entry);
  }
  return missing;
}

}  // namespace pghaul::schema
