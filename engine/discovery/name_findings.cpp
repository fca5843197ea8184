#include "discovery/name_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "discovery/source_objects.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::discovery {
namespace {

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kNameBytes = 63;  // NAMEDATALEN, less its end
constexpr const char* kUntranslatable = "22P05";
constexpr const char* kCommon = "UTF8";  // objects are asked for in it

/// Text for people, by the name itself.
using Names = std::map<std::string, std::string>;

void add(Names& names, const std::string& name, const std::string& shown_as) {
  const bool is_ascii = std::ranges::all_of(name, [](unsigned char c) { return c < 0x80; });
  if (!is_ascii) names.emplace(name, shown_as);
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

/// Names for people that the target would cut, and that it has no characters for.
struct Unfit {
  std::vector<std::string> cut;
  std::vector<std::string> unknown;
};

/// Asks the target for several names at once. A text with a character that its encoding lacks fails as a
/// whole: then for each half by itself.
Status ask(postgres::Connection& target, std::span<const Names::value_type> names, Unfit& unfit) {
  std::string list;
  for (const auto& [name, shown_as] : names) {
    list += (list.empty() ? "" : ", ") + postgres::quote_literal(name);
  }
  const Result<postgres::Rows> cut = target.query(
      "SELECT given.place FROM pg_catalog.unnest(ARRAY[" + list +
      "]::text[]) WITH ORDINALITY AS given(name, place) WHERE given.name::name::text <> given.name");
  if (cut) {
    for (int row = 0; row < cut->size(); ++row) {
      unfit.cut.push_back(names[static_cast<std::size_t>(cut->integer(row, 0)) - 1].second);
    }
    return {};
  }
  if (cut.error().sqlstate != kUntranslatable) return fail(cut.error());
  if (names.size() == 1) {
    unfit.unknown.push_back(names.front().second);
    return {};
  }
  const std::size_t half = names.size() / 2;
  const Status first = ask(target, names.first(half), unfit);
  return first ? ask(target, names.subspan(half), unfit) : first;
}

Result<Unfit> judged_by_target(const Names& names, const Discovery& found, const std::string& encoding,
                               const std::stop_token& stop) {
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, encoding, stop);
  if (!target) return fail(target.error());
  const std::vector<Names::value_type> all(names.begin(), names.end());
  Unfit unfit;
  if (const Status asked = ask(*target, all, unfit); !asked) return fail(asked.error());
  return unfit;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i)
    list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamesShown) list += fmt::format(" and {} more", names.size() - kNamesShown);
  return list;
}

plan::Finding refusal_of(const char* code, const std::vector<std::string>& names, const std::string& reason,
                         const Discovery& found) {
  return {plan::Finding::Severity::refusal, code, names.front(), reason + ": " + list_of(names),
          fmt::format("rename them on the source, or create the target database with ENCODING '{}' "
                      "TEMPLATE template0",
                      found.source.server.encoding)};
}

std::vector<plan::Finding> refusals_of(const Unfit& unfit, const Discovery& found) {
  std::vector<plan::Finding> findings;
  const std::string& encoding = found.target->encoding;
  if (!unfit.cut.empty()) {
    findings.push_back(
        refusal_of("name_too_long", unfit.cut,
                   fmt::format("in the target's encoding {} these names have more than {} bytes and "
                               "would be truncated, so that some may become equal",
                               encoding, kNameBytes),
                   found));
  }
  if (!unfit.unknown.empty()) {
    findings.push_back(
        refusal_of("name_not_in_encoding", unfit.unknown,
                   fmt::format("the target's encoding {} lacks characters of these names", encoding), found));
  }
  return findings;
}

}  // namespace

Result<std::vector<plan::Finding>> name_findings(const Discovery& found, const Options& options,
                                                 const std::stop_token& stop) {
  std::vector<plan::Finding> none;
  const std::string& here = found.source.server.encoding;
  if (!found.target || here == found.target->encoding) return none;
  for (const std::string& encoding : {here, found.target->encoding}) {
    if (encoding == "SQL_ASCII" || encoding == "MULE_INTERNAL") return none;  // bytes stay as they are
  }
  const Result<Names> names =
      found.stored ? Result<Names>(names_in_archive(found.source)) : names_in_source(found, options, stop);
  if (!names) return names.error().during("looking at the names of the source");
  if (names->empty()) return none;
  const Result<Unfit> unfit = judged_by_target(*names, found, found.stored ? here : kCommon, stop);
  if (!unfit) return unfit.error().during("checking how names fit into the target");
  return refusals_of(*unfit, found);
}

}  // namespace pghaul::discovery
