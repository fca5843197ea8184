#include "discovery/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

#include "discovery/copy_plan.h"
#include "discovery/existing_tables.h"
#include "discovery/job_identity.h"
#include "discovery/leave_out_failing.h"
#include "discovery/left_out.h"
#include "discovery/left_out_rows.h"
#include "discovery/map_tablespaces.h"
#include "discovery/name_findings.h"
#include "discovery/prepared.h"
#include "discovery/read_target.h"
#include "discovery/role_findings.h"
#include "discovery/source_reader.h"
#include "discovery/text_key_findings.h"
#include "discovery/unrepeatable_findings.h"
#include "journal/plan_sizes.h"
#include "plan/catalog_findings.h"
#include "plan/statistics.h"
#include "schema/programs.h"

namespace pghaul::discovery {
namespace {

plan::Finding warning(const char* code, std::string message, std::string hint) {
  return {plan::Finding::Severity::warning, code, {}, std::move(message), std::move(hint)};
}

/// Does the work of discover(). Its phases, in order, are run()'s lines.
class Discovering {
 public:
  Discovering(Discovery& found, const Options& options, const Endpoints& ends, const std::stop_token& stop,
              const journal::Journal::Header* earlier)
      : found_(found),
        options_(options),
        ends_(ends),
        stop_(stop),
        earlier_(earlier),
        source_(make_source_reader(found, options, ends, stop)) {}

  Status run() {
    Status done = look_at_source();
    if (done) done = look_at_target();
    if (done) done = read_source();
    // A job is planned again by all that it had: what the role may not read any more speaks for itself.
    if (done && earlier_ != nullptr && !found_.closed_tables.empty()) return done;
    if (done) done = choose_objects();
    if (done) done = map_tablespaces(found_, options_, stop_);
    if (done && skips_failing()) done = leave_out_failing(found_, options_, stop_);
    if (done && options_.data_only) done = check_existing_tables(found_, earlier_ != nullptr, stop_);
    if (done) done = take_sizes();
    if (done) make_copy_plan(found_, options_, planned_lines_, earlier_);
    if (done) done = check_target();
    if (done) add_warnings();
    return done;
  }

 private:
  Status look_at_source() {
    const Result<int> version = source_->open();
    if (!version) return fail(version.error());
    source_version_ = *version;
    return {};
  }

  Status look_at_target() {
    if (!ends_.target) return {};
    Result<LineMeasurement> line = read_target(found_, *ends_.target, stop_);
    if (!line) return fail(line.error());
    target_line_ = std::move(*line);
    return took_role(*found_.target, postgres::Side::target);
  }

  /// A pooler may drop what a session is to begin with.
  Status took_role(const catalog::Server& server, postgres::Side side) {
    const std::string& role = options_.role_on(side);
    if (role.empty() || server.role == role) return {};
    return fail(
        ErrorCode::refused,
        fmt::format("the session on the {} works as role {}, not as {}, as asked", postgres::side_name(side),
                    shown(catalog::Name{{}, server.role}), shown(catalog::Name{{}, role})),
        "connect to the server directly, or to a pooler that passes the parameter `options` on");
  }

  Status read_source() {
    const int target_version = found_.target ? found_.target->version : 0;
    const Result<std::vector<schema::Programs>> programs =
        schema::find_programs(source_version_, target_version);
    if (!programs) return fail(programs.error());
    if (const Status read = source_->read(*programs); !read) return read;
    if (!found_.stored) {
      if (const Status took = took_role(found_.source.server, postgres::Side::source); !took) return took;
    }
    return target_line_.end(found_.lines.target);
  }

  /// Leaves out what is not wanted, and what can't be carried.
  Status choose_objects() {
    if (const Status read = source_->read_large_objects(); !read) return read;
    leave_out_large_objects(found_, options_);
    if (const Status left_out = leave_out_rows(found_, options_, stop_); !left_out) return left_out;
    if (options_.data_only) forget_definitions(found_);
    leave_out_database(found_, options_);
    find_out_of_reach(found_);
    source_->leave_out();
    if (!found_.target || !plan::locales_differ(found_.source.server, *found_.target)) return {};
    return source_->read_locale_dependents();
  }

  /// Takes what a plan is made by: as it is now, or, to make an earlier job's plan again, as it was then.
  Status take_sizes() {
    planned_lines_ = found_.lines;
    if (earlier_ == nullptr) {
      const bool carries = options_.carry_statistics && !options_.data_only && found_.target;
      return carries && plan::takes_statistics(*found_.target) ? source_->read_statistics() : Status{};
    }
    if (const Status same = same_source_and_options(*earlier_, found_, options_); !same) return same;
    return journal::set_sizes(earlier_->sizes, found_.source, planned_lines_);
  }

  /// Counts roles that --roles will make as the target's, and as the role's own, where it may make roles.
  void expect_roles() {
    catalog::Server& target = *found_.target;
    if (!target.may_alter_roles || found_.stored) return;
    for (const auto* const names : {&found_.source.owners, &found_.source.grantees}) {
      for (const std::string& name : *names) {
        if (std::ranges::find(target.roles, name) != target.roles.end()) continue;
        target.roles.push_back(name);
        target.own_roles.insert(name);
      }
    }
  }

  [[nodiscard]] bool skips_failing() const {
    return options_.skip_failing && !options_.data_only && found_.target.has_value();
  }

  /// Adds what speaks against copying into this target.
  Status check_target() {
    if (!found_.target) return {};
    if (options_.roles) expect_roles();
    forget_prepared(found_);
    const bool may_hold_something =
        earlier_ != nullptr || options_.data_only || options_.confirm == found_.target->database;
    std::vector<plan::Finding> of_both =
        plan::catalog_findings(found_.source, *found_.target, found_.contents, may_hold_something,
                               found_.plan_options, found_.rows_at_stake);
    const bool drops = earlier_ == nullptr && !options_.data_only && !options_.confirm_larger;
    if (drops) {
      std::ranges::move(
          plan::doubts_about_target(found_.source, *found_.target, found_.contents, found_.others_at_work),
          std::back_inserter(of_both));
    }
    std::ranges::move(of_both, std::back_inserter(found_.findings));
    if (options_.data_only) return {};  // nothing else is made
    Result<std::vector<plan::Finding>> names = name_findings(found_, options_, stop_);
    if (!names) return fail(names.error());
    std::ranges::move(*names, std::back_inserter(found_.findings));
    if (earlier_ != nullptr) return {};  // a job that began has met none
    if (!skips_failing()) {              // else this was done before the plan was made
      if (const Status done = find_what_fails(); !done) return done;
    }
    Result<std::vector<plan::Finding>> texts = text_key_findings(found_, options_, stop_);
    if (!texts) return fail(texts.error());
    std::ranges::move(*texts, std::back_inserter(found_.findings));
    return {};
  }

  /// Adds what the target could not be given.
  Status find_what_fails() {
    Result<RoleFindings> of_role = role_findings(found_, options_, stop_);
    if (!of_role) return fail(of_role.error());
    std::ranges::move(of_role->findings, std::back_inserter(found_.findings));
    Result<std::vector<UnrepeatableRelation>> unrepeatable = unrepeatable_findings(found_, options_, stop_);
    if (!unrepeatable) return fail(unrepeatable.error());
    for (UnrepeatableRelation& one : *unrepeatable) found_.findings.push_back(std::move(one.finding));
    return {};
  }

  void add_warnings() {
    if (found_.plan_options.open_after != options_.open_after) {
      found_.findings.push_back(warning("opens_after_keys",
                                        "a view is grouped by a primary key, which it can't be made without",
                                        "writes may resume once keys stand, not before"));
    }
    if (const std::int64_t open = found_.writers.open_transactions; open > 0 && !options_.follow) {
      found_.findings.push_back(
          warning("open_writers",
                  fmt::format("{} that {} written {} open on the source: what {} not committed is not seen",
                              open == 1 ? "a transaction" : fmt::format("{} transactions", open),
                              open == 1 ? "has" : "have", open == 1 ? "is" : "are",
                              open == 1 ? "it has" : "they have"),
                  "stop the application's writers first, and begin again"));
    }
    for (const std::string& said : found_.archive->warnings()) {
      found_.findings.push_back(warning("schema_dump", "pg_dump says: " + said, {}));
    }
  }

  Discovery& found_;
  const Options& options_;
  const Endpoints& ends_;
  const std::stop_token& stop_;
  const journal::Journal::Header* earlier_;
  std::unique_ptr<SourceReader> source_;
  int source_version_ = 0;
  LineMeasurement target_line_;
  plan::NetworkPaths planned_lines_;
};

}  // namespace

Result<Discovery> discover(const Options& options, const Endpoints& ends, const std::stop_token& stop,
                           const journal::Journal::Header* earlier) {
  Discovery found;
  if (const Status done = Discovering(found, options, ends, stop, earlier).run(); !done)
    return fail(done.error());
  return found;
}

catalog::Chosen chosen_of(const Discovery& found, const Options& options) {
  if (!options.filters.all()) {  // pg_dump's choice is ours
    return [objects = std::make_shared<const std::set<std::pair<catalog::Oid, catalog::Oid>>>(
                found.archive->objects())](catalog::Oid of, catalog::Oid object) {
      return objects->contains({of, object});
    };
  }
  if (found.locked_out.empty() && found.excluded.empty()) return {};
  return [&found](catalog::Oid of, catalog::Oid object) {
    return !found.locked_out.contains({of, object}) && !found.excluded.contains({of, object});
  };
}

}  // namespace pghaul::discovery
