#include "discovery/long_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "discovery/source_objects.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {
namespace {

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kNameBytes = 63;   // NAMEDATALEN, less its end
constexpr std::size_t kGrowth = 3;       // most bytes for a character that has one byte
constexpr const char* kCommon = "UTF8";  // objects are asked for in it

/// Text for people, by the name itself.
using Names = std::map<std::string, std::string>;

void add(Names& names, const std::string& name, const std::string& shown_as) {
  const bool is_ascii = std::ranges::all_of(name, [](unsigned char c) { return c < 0x80; });
  if (!is_ascii && name.size() > kNameBytes / kGrowth) names.emplace(name, shown_as);
}

Result<Names> names_in_source(const Discovery& found, const Options& options, const std::stop_token& stop) {
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!source) return fail(source.error());
  const Result<postgres::Transaction> reading = found.source_hold->snapshot().begin(*source);
  if (!reading) return fail(reading.error());
  Options wanted = options;
  wanted.with_large_objects = false;  // they have no names
  const Result<Objects> objects = source_objects(*source, found, wanted);
  if (!objects) return fail(objects.error());
  Names names;
  for (const catalog::ObjectClass& kind : *objects) {
    using Shown = catalog::ObjectClass::Shown;
    if (kind.shown == Shown::alone) continue;  // it names other objects, which are listed themselves
    for (const catalog::Object& object : kind.objects) {
      add(names, object.name.schema, "schema " + shown(catalog::Name{{}, object.name.schema}));
      add(names, object.name.name, kind.label + " " + shown(object.name));
      if (kind.shown == Shown::of) add(names, object.part, kind.label + " " + object.part);
    }
  }
  return names;
}

Names names_in_archive(const catalog::Catalog& catalog) {
  Names names;
  const auto add_each = [&](const auto& objects, const char* kind) {
    for (const auto& one : objects) {
      add(names, one.name.schema, "schema " + shown(catalog::Name{{}, one.name.schema}));
      add(names, one.name.name, std::string(kind) + " " + shown(one.name));
    }
  };
  add_each(catalog.relations, "table");
  add_each(catalog.indexes, "index");
  add_each(catalog.sequences, "sequence");
  add_each(catalog.types, "type");
  for (const catalog::Relation& relation : catalog.relations) {
    for (const catalog::Column& column : relation.columns) add(names, column.name, "column " + column.name);
  }
  for (const catalog::Constraint& one : catalog.constraints) add(names, one.name, "constraint " + one.name);
  return names;
}

/// Returns those that the target would cut. A text with characters that the target's encoding lacks fails as
/// a whole, and has a warning of its own.
Result<std::vector<std::string>> cut_by_target(const Names& names, const Discovery& found,
                                               const std::string& encoding, const std::stop_token& stop) {
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, encoding, stop);
  if (!target) return fail(target.error());
  std::string list;
  for (const auto& [name, shown_as] : names) {
    list += (list.empty() ? "" : ", ") + postgres::quote_literal(name);
  }
  const Result<postgres::Rows> cut =
      target->query("SELECT given.name FROM pg_catalog.unnest(ARRAY[" + list +
                    "]::text[]) AS given(name) WHERE given.name::name::text <> given.name ORDER BY 1");
  if (!cut && cut.error().code == ErrorCode::server_error) return std::vector<std::string>{};
  if (!cut) return fail(cut.error());
  std::vector<std::string> all;
  for (int row = 0; row < cut->size(); ++row) all.push_back(names.at(cut->string(row, 0)));
  return all;
}

plan::Finding refusal_of(const std::vector<std::string>& cut, const Discovery& found) {
  std::string list;
  for (std::size_t i = 0; i < std::min(cut.size(), kNamesShown); ++i) list += (i == 0 ? "" : ", ") + cut[i];
  if (cut.size() > kNamesShown) list += fmt::format(" and {} more", cut.size() - kNamesShown);
  return {plan::Finding::Severity::refusal, "name_too_long", cut.front(),
          fmt::format("in the target's encoding {} these names have more than {} bytes and would be "
                      "truncated, so that some may become equal: {}",
                      found.target->encoding, kNameBytes, list),
          fmt::format("rename them on the source, or create the target database with ENCODING '{}' "
                      "TEMPLATE template0",
                      found.source.server.encoding)};
}

}  // namespace

Result<std::optional<plan::Finding>> names_cut_short(const Discovery& found, const Options& options,
                                                     const std::stop_token& stop) {
  const std::string& here = found.source.server.encoding;
  if (!found.target || here == found.target->encoding) return std::nullopt;
  for (const std::string& encoding : {here, found.target->encoding}) {
    if (encoding == "SQL_ASCII" || encoding == "MULE_INTERNAL")
      return std::nullopt;  // bytes stay as they are
  }
  const Result<Names> names =
      found.stored ? Result<Names>(names_in_archive(found.source)) : names_in_source(found, options, stop);
  if (!names) return names.error().during("looking at the names of the source");
  if (names->empty()) return std::nullopt;
  const Result<std::vector<std::string>> cut =
      cut_by_target(*names, found, found.stored ? here : kCommon, stop);
  if (!cut) return cut.error().during("checking how names fit into the target");
  if (cut->empty()) return std::nullopt;
  return refusal_of(*cut, found);
}

}  // namespace pghaul::discovery
