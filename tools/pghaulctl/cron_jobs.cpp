#include "cron_jobs.h"

namespace pghaul::platform {

Result<std::string> list_cron_jobs(Member& member, const App& app) {
  const auto home = member.server->query(
      "SELECT d.datname FROM pg_catalog.pg_database AS d WHERE d.datname = "
      "pg_catalog.current_setting('cron.database_name', true)");
  if (!home) return tl::make_unexpected(home.error());
  if (home->empty()) return std::string();
  auto cron = member.connect(home->front()[0]);
  if (!cron) return tl::make_unexpected(cron.error());
  const auto table = cron->query("SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron'");
  if (!table) return tl::make_unexpected(table.error());
  if (table->empty()) return std::string();
  const auto jobs = cron->query(
      "SELECT pg_catalog.format('%s (%s)', jobid, username) FROM cron.job WHERE active AND database = " +
      cron->literal(app.database) + " ORDER BY jobid");
  if (!jobs) return tl::make_unexpected(jobs.error());
  std::string text;
  for (const auto& job : *jobs) text += (text.empty() ? "" : ", ") + job[0];
  return text;
}

}  // namespace pghaul::platform
