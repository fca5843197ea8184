#include "job/settings_at_the_end.h"

#include "catalog/read_catalog.h"
#include "discovery/session_trial.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "schema/statements.h"

namespace pghaul::job {
namespace {

/// Runs a statement; what the server refuses to make is left out.
Status make(const discovery::VerbContext& context, postgres::Connection& target, const std::string& object,
            const std::string& statement) {
  const Status made = target.execute(statement);
  if (made || made.error().code != ErrorCode::server_error) return made;
  context.report.left_out.push_back({object, made.error().message});
  return {};
}

}  // namespace

Status set_database_settings(const discovery::Discovery& found, const discovery::VerbContext& context) {
  const catalog::Catalog& source = found.source;
  if (source.settings.empty() && source.properties.empty()) return {};
  Result<postgres::Connection> target = postgres::Connection::open(
      found.target_string, postgres::Side::target, source.server.encoding, context.stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context.stop, *target);
  for (const catalog::DatabaseSetting& setting : source.settings) {
    const Result<std::optional<std::string>> obstacle =
        discovery::why_sessions_cannot_start(found.target_string, setting, context.stop);
    if (!obstacle) return fail(obstacle.error());
    if (*obstacle) {
      context.report.left_out.push_back({label(setting), **obstacle});
      continue;
    }
    const Status set =
        make(context, *target, label(setting), schema::set_in_database(setting, found.target->database));
    if (!set) return set;
  }
  for (const catalog::DatabaseProperty& property : source.properties) {
    if (property.kind == 'o' && property.role == found.target->database_owner) continue;
    const Status set = make(context, *target, label(property),
                            property.before + postgres::quote(found.target->database) + property.after);
    if (!set) return set;
  }
  return {};
}

Status set_constraint_triggers(const discovery::Discovery& found, const discovery::VerbContext& context) {
  const std::vector<catalog::ConstraintTrigger>& triggers = found.source.constraint_triggers;
  if (triggers.empty()) return {};
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, found.source.server.encoding);
  if (!target) return fail(target.error());
  const Result<std::vector<std::string>> statements =
      catalog::constraint_trigger_statements(*target, triggers);
  if (!statements) return fail(statements.error());
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    if ((*statements)[i].empty()) continue;  // its constraint was left out
    if (Status set = make(context, *target, label(triggers[i]), (*statements)[i]); !set) return set;
  }
  return {};
}

}  // namespace pghaul::job
