#include "schema/name_patterns.h"

namespace pghaul::schema {

using catalog::Name;

Result<NamePatterns> NamePatterns::parse(const std::vector<std::string>& texts, Of of) {
  NamePatterns patterns;
  for (const std::string& text : texts) {
    Result<NamePattern> pattern =
        of == Of::schemas ? NamePattern::of_schema(text) : NamePattern::of_table(text);
    if (!pattern) return fail(pattern.error());
    patterns.all_.emplace_back(text, std::move(*pattern));
  }
  return patterns;
}

Status NamePatterns::each_means_one_schema(const std::set<Name>& among) const {
  for (const auto& [text, pattern] : all_) {
    if (pattern.has_schema()) continue;
    std::set<std::string> schemas;
    for (const Name& one : among) {
      if (pattern.matches(one)) schemas.insert(one.schema);
    }
    if (schemas.size() < 2) continue;
    std::string list;
    for (const std::string& schema : schemas) list += (list.empty() ? "" : ", ") + shown(Name{"", schema});
    return fail(ErrorCode::usage,
                fmt::format("the pattern \"{}\" matches in several schemas of the archive: {}", text, list),
                fmt::format("name the schema, as in {}.{}: an archive has no search_path",
                            shown(Name{"", *schemas.begin()}), text));
  }
  return {};
}

}  // namespace pghaul::schema
