#include "link/far_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "link/checked_request.h"
#include "link/packed_filters.h"
#include "schema/programs.h"

namespace pghaul::link {
namespace {

constexpr int kMajor = 10000;
constexpr const char* kDump = "dump";
constexpr const char* kRestore = "restore";

/// Sends a job and returns its result; nothing where the far half can't do it.
Result<std::optional<RemoteRequest>> send_out(NearHalf& link, RemoteRequest request,
                                              const postgres::ConnectionString& server,
                                              const std::stop_token& stop) {
  request.fields["database"] = field_in(server.keywords(), "dbname");
  request.fields["session"] = field_in(server.keywords(), "application_name");
  Result<RemoteRequest> answer = request_with_liveness_check(link, request, server, stop);
  if (answer) return std::optional<RemoteRequest>(std::move(*answer));
  if (answer.error().code != ErrorCode::program_missing) return fail(answer.error());
  link.report_once(
      answer.error().message +
      ": pg_dump and pg_restore send their queries across the line one by one, which takes longer");
  return std::optional<RemoteRequest>{};
}

/// Finds programs of the major version asked for, which is the one that this side has, too.
Result<std::vector<schema::Programs>> programs_for(int major) {
  const Result<std::vector<schema::Programs>> suitable =
      schema::find_programs(major * kMajor, major * kMajor);
  std::vector<schema::Programs> same;
  if (suitable) {
    std::ranges::copy_if(*suitable, std::back_inserter(same),
                         [&](const schema::Programs& one) { return one.version / kMajor == major; });
  }
  if (!same.empty()) return same;
  return fail(ErrorCode::program_missing,
              fmt::format("there is no pg_dump and pg_restore of version {} at the far half", major));
}

Result<RemoteRequest> dump(const Fields& fields, const std::vector<schema::Programs>& programs,
                           const postgres::ConnectionString& server, postgres::Side side,
                           const std::stop_token& stop) {
  const Result<schema::SchemaArchive> archive = schema::SchemaArchive::dump(
      programs, server, side, field_in(fields, "snapshot"), unpack_filters(fields), stop);
  if (!archive) return fail(archive.error());
  Result<std::string> content = archive->content();
  if (!content) return fail(content.error());
  RemoteRequest answer{.text = std::move(*content)};
  add_list(answer.fields, "warning", archive->warnings());
  return answer;
}

Result<RemoteRequest> restore(const RemoteRequest& request, const std::vector<schema::Programs>& programs,
                              const postgres::ConnectionString& server, const std::stop_token& stop) {
  const Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open(programs, request.text, unpack_filters(request.fields), stop);
  if (!archive) return fail(archive.error());
  std::set<int> ids;
  for (const std::string& id : list_in(request.fields, "entry")) ids.insert(std::atoi(id.c_str()));
  std::vector<schema::Entry> wanted;
  std::ranges::copy_if(archive->entries(), std::back_inserter(wanted),
                       [&](const schema::Entry& entry) { return ids.contains(entry.dump_id); });
  const Result<std::vector<schema::Failure>> failures = archive->restore(server, wanted, stop);
  if (!failures) return fail(failures.error());
  RemoteRequest answer;
  for (const schema::Failure& failure : *failures) {
    add_list(answer.fields, fmt::format("failure-{:06}", answer.fields.size()),
             {failure.object, failure.reason});
  }
  return answer;
}

}  // namespace

Result<std::optional<schema::SchemaArchive>> dump_at_far_half(
    NearHalf& link, const std::vector<schema::Programs>& programs, const postgres::ConnectionString& server,
    const std::string& snapshot, const schema::Filters& filters, const std::stop_token& stop) {
  std::optional<schema::SchemaArchive> none;
  if (programs.empty()) return none;
  RemoteRequest request{.fields = pack_filters(filters)};
  request.fields["errand"] = kDump;
  request.fields["major"] = std::to_string(programs.front().version / kMajor);
  request.fields["snapshot"] = snapshot;
  const Result<std::optional<RemoteRequest>> answer = send_out(link, std::move(request), server, stop);
  if (!answer) return fail(answer.error());
  if (!*answer) return none;
  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::open(programs, (*answer)->text, filters, stop);
  if (!archive) return fail(archive.error());
  archive->add_warnings(list_in((*answer)->fields, "warning"));
  return std::optional<schema::SchemaArchive>(std::move(*archive));
}

Result<std::optional<std::vector<schema::Failure>>> restore_at_far_half(
    NearHalf& link, const schema::SchemaArchive& archive, const postgres::ConnectionString& server,
    const std::vector<schema::Entry>& wanted, const std::stop_token& stop) {
  Result<std::string> content = archive.content();
  if (!content) return fail(content.error());
  RemoteRequest request{.fields = pack_filters(archive.filters()), .text = std::move(*content)};
  request.fields["errand"] = kRestore;
  request.fields["major"] = std::to_string(archive.programs().version / kMajor);
  std::vector<std::string> ids;
  for (const schema::Entry& entry : wanted) ids.push_back(std::to_string(entry.dump_id));
  add_list(request.fields, "entry", ids);
  const Result<std::optional<RemoteRequest>> answer = send_out(link, std::move(request), server, stop);
  if (!answer) return fail(answer.error());
  if (!*answer) return std::optional<std::vector<schema::Failure>>{};
  std::vector<std::string> texts;
  for (const auto& [name, text] : (*answer)->fields)
    texts.push_back(text);  // an object, its reason, and so on
  std::vector<schema::Failure> failures;
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) failures.push_back({texts[i], texts[i + 1]});
  return std::optional(std::move(failures));
}

Result<RemoteRequest> run_request(const RemoteRequest& request, const postgres::ConnectionString& server,
                                  postgres::Side side, const std::stop_token& stop) {
  const Result<std::vector<schema::Programs>> programs = programs_for(number_in(request.fields, "major"));
  if (!programs) return fail(programs.error());
  std::map<std::string, std::string> keywords =
      server.with_database(field_in(request.fields, "database")).keywords();
  if (const std::string session = field_in(request.fields, "session"); !session.empty()) {
    keywords["application_name"] = session;
  }
  const Result<postgres::Connection> connection =
      postgres::Connection::open(postgres::ConnectionString(std::move(keywords)), side, {}, stop);
  if (!connection) return fail(connection.error());
  const postgres::ConnectionString effective = connection->effective();
  const std::string what = field_in(request.fields, "errand");
  if (what == kDump) return dump(request.fields, *programs, effective, side, stop);
  if (what == kRestore) return restore(request, *programs, effective, stop);
  return fail(ErrorCode::connection_lost, "the far half does not know the requested job");
}

}  // namespace pghaul::link
