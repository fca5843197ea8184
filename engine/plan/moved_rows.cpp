#include "plan/moved_rows.h"

#include <algorithm>
#include <array>
#include <set>

#include "plan/extension_version.h"
#include "plan/format.h"

namespace pghaul::plan {

using catalog::Oid;
using catalog::PartitionKey;
using catalog::Place;
using catalog::Relation;
using catalog::Server;
using catalog::Type;

namespace {

/// Source  PostgreSQL's src/include/catalog/pg_type.dat: name, text, tsvector, tsquery, bpchar, varchar,
/// jsonb.
constexpr std::array<Oid, 7> kTexts = {19, 25, 3614, 3615, 1042, 1043, 3802};
/// float4, float8. Before 13.5 not all NaNs had the same hash.
constexpr std::array<Oid, 2> kFloats = {700, 701};
constexpr int kFirstWithOneNaN = 140000;
/// Types that an operator class takes of which nothing more is known: anyarray, record, anyenum, anyrange,
/// anymultirange, anyelement.
constexpr std::array<Oid, 6> kAnyTypes = {2277, 2249, 3500, 3831, 4537, 2283};

bool contains(const auto& types, Oid type) {
  return std::ranges::find(types, type) != types.end();
}

/// The types and extensions that the values of a partition key consist of.
struct Ingredients {
  bool texts = false;
  bool floats = false;
  bool oids = false;   // OIDs of objects
  bool enums = false;  // whose labels have OIDs
  bool unknown = false;
  std::set<std::string> extensions;  // those that types belong to
};

/// Analyzes a key's types, through arrays, domains, composites and ranges.
class Analysis {
 public:
  explicit Analysis(const catalog::Catalog& source) : source_(&source) {}

  Ingredients of(const PartitionKey& key) {
    for (const PartitionKey::Column& column : key.columns) look_at(column.type);
    return found_;
  }

 private:
  void look_at(Oid oid) {
    if (!seen_.insert(oid).second) return;
    found_.texts = found_.texts || contains(kTexts, oid);
    found_.floats = found_.floats || contains(kFloats, oid);
    found_.oids = found_.oids || is_oid_alias(oid);
    found_.unknown = found_.unknown || contains(kAnyTypes, oid);
    const auto type = std::ranges::find(source_->types, oid, &Type::oid);
    if (type == source_->types.end()) {
      found_.unknown = found_.unknown || oid >= catalog::kFirstUserOid;
      return;
    }
    found_.enums = found_.enums || type->kind == 'e';
    if (!type->extension.empty()) {
      found_.extensions.insert(type->extension);
    } else if (type->kind == 'b' && !type->is_array && oid >= catalog::kFirstUserOid) {
      found_.unknown = true;
    }
    if (type->part != 0) look_at(type->part);
    for (const Oid field : type->attributes) look_at(field);
  }

  const catalog::Catalog* source_;
  std::set<Oid> seen_;
  Ingredients found_;
};

/// Compares how the two servers sort, fold, equate and hash.
class Pair {
 public:
  Pair(const Server& source, const Server* target) : source_(&source), target_(target) {}

  [[nodiscard]] bool same_encoding() const {
    return target_ == nullptr || source_->encoding == target_->encoding;
  }
  [[nodiscard]] bool same_locale() const {
    return target_ == nullptr ||
           (same_encoding() && !source_->locale.empty() && source_->locale == target_->locale);
  }
  [[nodiscard]] bool same_libraries() const {
    return target_ == nullptr || (same_encoding() && !source_->collation_libraries.empty() &&
                                  source_->collation_libraries == target_->collation_libraries);
  }
  [[nodiscard]] bool sorts_alike(const PartitionKey::Column& column) const {
    switch (column.collation) {
      case 'n':  // for texts within other values
      case 'd':
        return same_locale();
      case 'b':
        return same_encoding();
      default:
        return same_libraries();
    }
  }
  [[nodiscard]] bool hashes_alike() const {
    return target_ == nullptr || source_->hash_sample == target_->hash_sample;
  }
  [[nodiscard]] bool same_floats() const {
    const auto is_new = [](const Server& server) { return server.version >= kFirstWithOneNaN; };
    return is_new(*source_) && (target_ == nullptr || is_new(*target_));
  }
  [[nodiscard]] bool same_extension(const std::string& name) const {
    if (target_ == nullptr) return true;
    const std::string* const here = version_on(*source_, name);
    const std::string* const there = version_on(*target_, name);
    return here != nullptr && there != nullptr && *here == *there && same_locale();
  }

 private:
  const Server* source_;
  const Server* target_;
};

std::string reason_of_hash(const PartitionKey& key, const Ingredients& found, const Pair& servers) {
  if (!servers.hashes_alike()) return "the two servers hash differently";
  if (found.enums) return "an enum is hashed by its label's OID, which differs on the target";
  if (found.oids) return "values are hashed by an object's OID, which differs on the target";
  if (found.texts && !servers.same_encoding())
    return "texts are hashed in the database's encoding, which differs there";
  const bool same_hashes = std::ranges::all_of(key.columns, [&](const PartitionKey::Column& column) {
    return column.deterministic || servers.sorts_alike(column);
  });
  if (!same_hashes) return "texts that are equal in a collation are hashed differently on the target";
  if (found.floats && !servers.same_floats()) return "before PostgreSQL 13.5 NaN had several hashes";
  return {};
}

std::string reason_of_order(const PartitionKey& key, const Ingredients& found, const Pair& servers) {
  if (found.oids) return "objects are sorted by OID, which differs on the target";
  const bool same_order =
      !found.texts || std::ranges::all_of(key.columns, [&](const PartitionKey::Column& column) {
        return servers.sorts_alike(column);
      });
  return same_order ? "" : "the target may sort texts differently";
}

std::string reason_of_list(const PartitionKey& key, const Pair& servers) {
  const bool same_equality = std::ranges::all_of(key.columns, [&](const PartitionKey::Column& column) {
    return column.deterministic || servers.sorts_alike(column);
  });
  return same_equality ? "" : "other texts may be equal on the target";
}

}  // namespace

std::string moves_rows(const Relation& partitioned, const catalog::Catalog& source, const Server* target) {
  const PartitionKey& key = partitioned.partition_key;
  const Ingredients found = Analysis(source).of(key);
  const Pair servers(source.server, target);
  if (key.calls_functions) return "its partition key calls functions that may give other results there";
  if (key.computed && !servers.same_locale()) return "its partition key is computed, in another locale there";
  const auto differs = std::ranges::find_if(
      found.extensions, [&](const std::string& name) { return !servers.same_extension(name); });
  if (differs != found.extensions.end()) return "extension " + *differs + " may compare differently there";
  const bool own = std::ranges::any_of(key.columns, &PartitionKey::Column::own_operators);
  if (found.unknown || (own && found.extensions.empty())) {
    return "its partition key has operators of its own, which may give other results there";
  }
  switch (key.strategy) {
    case 'h':
      return reason_of_hash(key, found, servers);
    case 'r':
      return reason_of_order(key, found, servers);
    case 'l':
      return reason_of_list(key, servers);
    default:
      return "its partition key is not known";
  }
}

namespace {

/// Tells whether the rows of all partitions can go into the tree's topmost table as they are.
bool can_be_copied_by(Place top, const std::vector<Place>& tree, const catalog::Catalog& source) {
  const Relation& parent = source.relations[top];
  return std::ranges::all_of(tree, [&](Place member) {
    const Relation& relation = source.relations[member];
    const bool is_copied = relation.kind == 'p' || (carries_rows(relation) && relation.extension.empty());
    return is_copied && std::ranges::equal(relation.columns, parent.columns, {}, &catalog::Column::name,
                                           &catalog::Column::name);
  });
}

}  // namespace

MovedRows::MovedRows(const catalog::Catalog& source, const Server* target, const Relatives& links)
    : trees(source.relations.size(), catalog::kNone), reasons(source.relations.size()) {
  const auto decide = [&](const auto& self, Place place) -> void {
    if (source.relations[place].kind != 'p') return;
    std::string reason = moves_rows(source.relations[place], source, target);
    const std::vector<Place> tree = links.tree(place);
    if (reason.empty() || !can_be_copied_by(place, tree, source)) {
      for (const Place part : links.partitions[place]) self(self, part);
      return;
    }
    for (const Place member : tree) {
      if (member != place) trees[member] = place;
    }
    reasons[place] = std::move(reason);
  };
  for (Place place = 0; place < source.relations.size(); ++place) {
    if (links.relation_at(source.relations[place].parent) == catalog::kNone) decide(decide, place);
  }
}

}  // namespace pghaul::plan
