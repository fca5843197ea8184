#include "journal/archive_header.h"

#include <charconv>
#include <utility>

namespace pghaul::journal {
namespace {

constexpr const char* kOption = "--";  // before the names of options

/// Passes the texts of a header to `take`, which writes or reads them.
template <typename Header, typename Do>
void each_text(Header& header, Do&& take) {
  take("version", header.version);
  take("started", header.started);
  take("source", header.source);
  take("source_description", header.source_description);
  take("source_state", header.source_state);
  take("definitions", header.definitions);
  take("sizes", header.sizes);
  take("plan", header.plan);
}

}  // namespace

std::map<std::string, std::string> header_for_archive(const Journal::Header& header) {
  std::map<std::string, std::string> fields;
  each_text(header, [&](const char* name, const std::string& text) { fields[name] = text; });
  fields["jobs"] = std::to_string(header.jobs);
  for (const auto& [name, value] : header.options) fields[kOption + name] = value;
  return fields;
}

Result<Journal::Header> header_of_archive(const std::map<std::string, std::string>& fields) {
  Journal::Header header;
  bool complete = true;
  const auto take = [&](const char* name, std::string& text) {
    const auto found = fields.find(name);
    complete = complete && found != fields.end();
    if (complete) text = found->second;
  };
  each_text(header, take);
  std::string jobs;
  take("jobs", jobs);
  const auto [stopped, problem] = std::from_chars(jobs.data(), jobs.data() + jobs.size(), header.jobs);
  if (!complete || problem != std::errc{} || header.jobs < 1 || header.jobs > 256) {
    return fail(ErrorCode::refused, "the archive's journal has been altered",
                "give another folder, or remove this one");
  }
  for (const auto& [name, value] : fields) {
    if (name.starts_with(kOption)) header.options[name.substr(2)] = value;
  }
  return header;
}

}  // namespace pghaul::journal
