#include "plan/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plan/extension_version.h"

namespace pghaul::plan {

using catalog::Oid;
using catalog::Type;

namespace {

/// OIDs below this are assigned by hand and mean the same on every server; initdb numbers from here on.
/// Source  PostgreSQL's src/include/access/transam.h, FirstGenbkiObjectId.
constexpr Oid kFirstNumberedOid = 10000;

/// Source  PostgreSQL's src/include/catalog/pg_type.dat: regproc, regprocedure, regoper, regoperator,
///         regclass, regtype, regrole, regnamespace, regconfig, regdictionary, regcollation.
constexpr std::array<Oid, 11> kOidAliases = {24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191};

/// int2vector, oidvector, tsquery: an empty value is sent, but some or all versions refuse to receive it.
/// Seen with 13.23, 15.20, 17.10 and 18.4: "invalid oidvector data", "malformed tsquery: operand not found".
constexpr std::array<Oid, 3> kRefusedWhenEmpty = {22, 30, 3615};

/// Source  as above. Shapes: point, lseg, path, box, polygon, line, circle.
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr std::array<Oid, 7> kShapes = {600, 601, 602, 603, 604, 628, 718};
constexpr Oid kLsn = 3220;

bool is_refused_when_empty(Oid type) {
  return std::find(kRefusedWhenEmpty.begin(), kRefusedWhenEmpty.end(), type) != kRefusedWhenEmpty.end();
}

std::vector<catalog::Column> copied_columns(const catalog::Relation& relation) {
  std::vector<catalog::Column> columns = relation.columns;
  std::erase_if(columns, [](const catalog::Column& column) { return column.generated; });
  return columns;
}

using Types = std::unordered_map<Oid, const Type*>;

bool holds_lsn(Oid oid, const Types& types) {
  if (oid == kLsn) return true;
  const auto found = types.find(oid);
  if (found == types.end()) return false;
  const Type& type = *found->second;
  return (type.part != 0 && holds_lsn(type.part, types)) ||
         std::ranges::any_of(type.attributes, [&](Oid field) { return holds_lsn(field, types); });
}

/// Tells whether the two servers write a column's positions of the WAL with different zeros.
bool write_lsn_differently(const catalog::Server& source, const catalog::Server* target,
                           const std::vector<catalog::Column>& columns, const Types& types) {
  const auto pads = [](const catalog::Server& server) { return server.version >= 190000; };
  if (target == nullptr || pads(source) == pads(*target)) return false;
  return std::ranges::any_of(columns,
                             [&](const catalog::Column& column) { return holds_lsn(column.type, types); });
}

}  // namespace

bool is_oid_alias(Oid type) {
  return std::find(kOidAliases.begin(), kOidAliases.end(), type) != kOidAliases.end();
}

FormatChooser::FormatChooser(const catalog::Catalog& source, const catalog::Server* target)
    : source_(&source), target_(target) {
  types_.reserve(source.types.size());
  for (const Type& type : source.types) types_.emplace(type.oid, &type);
}

Format FormatChooser::choose(const catalog::Relation& relation) {
  return choose(copied_columns(relation));
}

Format FormatChooser::choose(const std::vector<catalog::Column>& columns) {
  for (const catalog::Column& column : columns) {
    const std::string& reason = obstacle(column.type);
    if (reason.empty()) continue;
    Format format{.binary = false, .reason = fmt::format("column {}: {}", column.name, reason)};
    format.only_counted = write_lsn_differently(source_->server, target_, columns, types_);
    add_floats(columns, format);
    return format;
  }
  return {};
}

/// Compares texts as they are, since an archive's digests were taken of these.
Format FormatChooser::stored(const catalog::Relation& relation, Format format) const {
  if (format.binary) return format;
  const std::vector<catalog::Column> columns = copied_columns(relation);
  format.only_counted =
      format.only_counted || write_lsn_differently(source_->server, target_, columns, types_);
  add_floats(columns, format);
  format.only_counted = format.only_counted || !format.floats.empty();
  format.floats.clear();
  return format;
}

void FormatChooser::add_floats(const std::vector<catalog::Column>& columns, Format& format) const {
  if (target_ == nullptr) return;
  const auto writes_shortest = [](const catalog::Server& server) { return server.version >= 120000; };
  if (writes_shortest(source_->server) == writes_shortest(*target_)) return;
  bool any = false;
  for (const catalog::Column& column : columns) {
    const std::uint8_t bytes = float_bytes(column.type);
    any = any || bytes != 0;
    format.only_counted = format.only_counted || bytes == (4 | 8);
    format.floats.push_back(bytes);
  }
  if (!any || format.only_counted) format.floats.clear();
}

/// Returns the size of the floating-point numbers in a value's text; 4 | 8: both sizes.
std::uint8_t FormatChooser::float_bytes(Oid oid) const {
  if (oid == kFloat4) return 4;
  if (oid == kFloat8 || std::ranges::find(kShapes, oid) != kShapes.end()) return 8;
  const auto found = types_.find(oid);
  if (found == types_.end()) return 0;
  const Type& type = *found->second;
  if (type.extension == "cube" && type.kind == 'b' && !type.is_array) return 8;
  std::uint8_t bytes = type.part == 0 ? 0 : float_bytes(type.part);
  for (const Oid field : type.attributes) bytes = static_cast<std::uint8_t>(bytes | float_bytes(field));
  return bytes;
}

const std::string& FormatChooser::obstacle(Oid oid) {
  const auto [entry, is_new] = obstacles_.try_emplace(oid);
  std::string& answer = entry->second;  // stays where it is while look_at() adds others
  if (!is_new) return answer;
  const auto type = types_.find(oid);
  answer = type == types_.end() ? fmt::format("type {} is unknown", oid) : look_at(*type->second);
  return answer;
}

std::string FormatChooser::look_at(const Type& type) {
  if (is_oid_alias(type.oid)) return shown_type(type) + " carries an object's OID";
  if (is_refused_when_empty(type.oid))
    return shown_type(type) + " has a binary form that is not read when empty";
  if (!type.has_binary_io) return shown_type(type) + " has no binary form";
  if (type.is_array) {
    const std::string& element = obstacle(type.part);
    if (element.empty() && type.part >= kFirstNumberedOid) return shown_type(type) + " carries a type's OID";
    return element;
  }
  switch (type.kind) {
    case 'b':
      return look_at_base(type);
    case 'e':
      return {};
    case 'd':
    case 'r':
    case 'm':
      return obstacle(type.part);
    case 'c':
      for (const Oid field : type.attributes) {
        if (const std::string& reason = obstacle(field); !reason.empty()) return reason;
        if (field >= kFirstNumberedOid) return shown_type(type) + " carries a type's OID";
      }
      return {};
    default:
      return shown_type(type) + " is of an unknown kind";
  }
}

std::string FormatChooser::look_at_base(const Type& type) const {
  if (type.oid < catalog::kFirstUserOid) return {};
  if (type.extension.empty()) return shown_type(type) + " is a base type of this database's own";
  if (target_ == nullptr) return {};
  const std::string* const here = version_on(source_->server, type.extension);
  const std::string* const there = version_on(*target_, type.extension);
  if (here != nullptr && there != nullptr && *here == *there) return {};
  return fmt::format("{} is of extension {} {}, the target has {}", shown_type(type), type.extension,
                     here != nullptr ? *here : "of unknown version",
                     there != nullptr ? *there : "no known version");
}

std::string FormatChooser::shown_type(const Type& type) const {
  if (type.is_array) {
    const auto element = types_.find(type.part);
    if (element != types_.end()) return shown_type(*element->second) + "[]";
  }
  return type.name.schema == "pg_catalog" ? type.name.name : shown(type.name);
}

}  // namespace pghaul::plan
