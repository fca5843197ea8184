#include "job/check_parts.h"

#include <fmt/format.h>

#include <string>

#include "discovery/archive_folder.h"

namespace pghaul::job {
namespace {

Status refused(const std::string& message, const std::string& hint) {
  return fail(ErrorCode::usage, message, hint);
}

Status without(const char* option, const char* other, const char* why) {
  return refused(fmt::format("{} does not go together with {}: {}", option, other, why),
                 fmt::format("leave out {} or {}", option, other));
}

Status check_data_only(const discovery::Options& options) {
  constexpr const char* kOption = "--data-only";
  if (options.schema_only) return without(kOption, "--schema-only", "nothing would be left to copy");
  if (!options.confirm.empty()) {
    return without(kOption, "--confirm", "that drops the tables that the rows are to go into");
  }
  if (options.rehearse) return without(kOption, "--rehearse", "the scratch database has no tables");
  if (options.open_after != plan::Milestone::verified) {
    return without(kOption, "--open-after", "keys, indexes and constraints stand from the beginning");
  }
  if (!discovery::archive_folder(options.target)) return {};
  return refused("an archive of rows without definitions can't be restored",
                 "leave --data-only out, and give it when the archive is restored");
}

/// Refuses a choice of sections that would leave a table without its keys and indexes, or these without it:
/// they are made beside the rows.
Status check_sections(const discovery::Options& options) {
  constexpr std::size_t kAll = 3;
  const std::size_t count = options.sections.size();
  if (count == 0 || count == kAll || options.schema_only || options.data_only) return {};
  return refused("sections pre-data and post-data go together: keys and indexes are made beside the rows",
                 "give --section pre-data --section post-data (or --schema-only), then --section data (or "
                 "--data-only), or leave --section out");
}

}  // namespace

Status check_parts(const discovery::Options& options) {
  const char* const part = options.schema_only                    ? "--schema-only"
                           : options.data_only                    ? "--data-only"
                           : !options.excluded_table_data.empty() ? "--exclude-table-data"
                           : !options.where.empty()               ? "--where"
                                                                  : nullptr;
  if (Status possible = check_sections(options); !possible) return possible;
  if (part == nullptr) return {};
  if (options.follow) return without(part, "--follow", "changes are followed in whole tables");
  if (options.schema_only && options.discard) return without(part, "--discard", "nothing would be read");
  return options.data_only ? check_data_only(options) : Status{};
}

}  // namespace pghaul::job
