#include "info.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "maintenance.h"
#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

constexpr const char* kFacts = R"(
SELECT pg_catalog.current_setting('server_version'),
       pg_catalog.pg_database_size(pg_catalog.current_database()),
       (SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'),
       pg_catalog.current_setting('max_connections'),
       (SELECT pg_catalog.to_char(pg_catalog.to_timestamp((system_identifier >> 32)::double precision)
                                  AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
        FROM pg_catalog.pg_control_system()))";

std::string status_of(const Member& member) {
  switch (member.state) {
    case Member::State::missing:
      return "missing";
    case Member::State::down:
      return "down";
    case Member::State::starting:
      return "starting up";
    case Member::State::open:
      return member.follower ? "available, read-only" : "available";
  }
  return {};
}

Outcome read_facts(Member& member, Info& info) {
  const auto facts = member.server->query(kFacts);
  if (!facts) return tl::make_unexpected(facts.error());
  const std::vector<std::string>& fact = facts->front();
  const auto number = [&](std::size_t at) { return std::atoll(fact[at].c_str()); };
  info.version = fact[0].substr(0, fact[0].find(' '));
  info.data_bytes = number(1);
  info.tables = number(2);
  info.connections = number(3);
  info.most_connections = number(4);
  if (!member.follower) info.created = fact[5];
  return {};
}

/// A follower made by Debian's tools calls itself by its cluster.
Outcome read_followers(Fleet& fleet, Member& member, Info& info) {
  const auto rows =
      member.server->query("SELECT application_name FROM pg_catalog.pg_stat_replication ORDER BY 1");
  if (!rows) return tl::make_unexpected(rows.error());
  for (const auto& row : *rows) {
    const auto known = std::ranges::find(fleet.members(), row[0], &Member::cluster_text);
    info.followers.push_back(known == fleet.members().end() ? row[0] : known->name);
  }
  return {};
}

Outcome read_leader(Fleet& fleet, Member& member, Info& info) {
  Member* leader = fleet.leader_of(member);
  if (leader == nullptr) {
    const auto rows =
        member.server->query("SELECT sender_host, sender_port FROM pg_catalog.pg_stat_wal_receiver");
    if (!rows) return tl::make_unexpected(rows.error());
    if (!rows->empty()) info.following = fmt::format("{}:{}", (*rows)[0][0], (*rows)[0][1]);
    return {};
  }
  info.following = leader->name;
  const auto lag = measure_lag(*leader->server, *member.server);
  if (!lag) return tl::make_unexpected(lag.error());
  info.behind = *lag;
  return {};
}

Result<Info> read(Fleet& fleet, Member& member, const Member* live) {
  Info info{.name = member.name, .app = &member == live ? fleet.app().name : "", .status = status_of(member)};
  info.reason = member.reason;
  if (!member.server) return info;
  Outcome done = read_facts(member, info);
  if (done) done = member.follower ? read_leader(fleet, member, info) : read_followers(fleet, member, info);
  if (!done) return tl::make_unexpected(done.error());
  const auto fenced = is_fenced(*member.server, fleet.app().writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  if (*fenced) info.maintenance = "on";
  return info;
}

std::string lag_text(const Lag& lag) {
  const std::string seconds = lag.seconds ? fmt::format(", {:.1f} s", *lag.seconds) : "";
  return fmt::format("{} ({}{})",
                     command::show_count(static_cast<std::uint64_t>(lag.commits), "commit", "commits"),
                     command::show_bytes(static_cast<double>(lag.bytes)), seconds);
}

}  // namespace

Result<std::vector<Info>> read_info(Fleet& fleet) {
  const auto live = fleet.live();
  std::vector<Info> all;
  for (Member& member : fleet.members()) {
    auto info = read(fleet, member, live ? *live : nullptr);
    if (!info) return tl::make_unexpected(info.error());
    all.push_back(std::move(*info));
  }
  return all;
}

std::string info_text(const Info& info) {
  std::string text = fmt::format("=== {}{}{}\n", info.name, info.app.empty() ? "" : ", ", info.app);
  const auto add = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<13}{}\n", fmt::format("{}:", key), value);
  };
  add("Status", info.reason.empty() ? info.status : fmt::format("{} ({})", info.status, info.reason));
  if (info.version.empty()) return text;
  add("PG Version", info.version);
  add("Data Size", command::show_bytes(static_cast<double>(info.data_bytes)));
  add("Tables", command::show_count(static_cast<std::uint64_t>(info.tables)));
  add("Connections", fmt::format("{} / {}", info.connections, info.most_connections));
  add("Followers", fmt::format("{}", fmt::join(info.followers, ", ")));
  add("Following", info.following);
  if (info.behind) add("Behind By", lag_text(*info.behind));
  add("Maintenance", info.maintenance);
  add("Created", info.created);
  return text;
}

nlohmann::json info_json(const Info& info) {
  nlohmann::json json{{"name", info.name}, {"status", info.status}};
  const auto add = [&json](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
  };
  add("app", info.app);
  add("reason", info.reason);
  if (info.version.empty()) return json;
  json.update({{"version", info.version},
               {"data_bytes", info.data_bytes},
               {"tables", info.tables},
               {"connections", info.connections},
               {"most_connections", info.most_connections},
               {"followers", info.followers},
               {"maintenance", !info.maintenance.empty()}});
  add("following", info.following);
  add("created", info.created);
  if (info.behind) {
    json["behind"] = {{"commits", info.behind->commits}, {"bytes", info.behind->bytes}};
    if (info.behind->seconds) json["behind"]["seconds"] = *info.behind->seconds;
  }
  return json;
}

}  // namespace pghaul::platform
