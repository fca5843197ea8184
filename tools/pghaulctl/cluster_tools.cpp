#include "cluster_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <utility>

#include "host.h"
#include "pointed_file.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFileSettings = R"(
SELECT name, setting FROM pg_catalog.pg_file_settings
WHERE applied AND name NOT IN ('port', 'cluster_name', 'data_directory', 'hba_file', 'ident_file', 'external_pid_file',
                               'unix_socket_directories', 'primary_conninfo', 'primary_slot_name',
                               'stats_temp_directory')
ORDER BY name)";

constexpr const char* kMadeWith = R"(
SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, pg_catalog.current_setting('listen_addresses'),
       pg_catalog.current_setting('external_pid_file'),
       pg_catalog.current_setting('data_checksums'),
       (SELECT bytes_per_wal_segment / 1048576 FROM pg_catalog.pg_control_init())
FROM pg_catalog.pg_database WHERE datname = 'template0')";

/// Returns a sibling of the old cluster's file or folder.
std::string beside(const std::string& path, const Cluster& old, const ClusterName& next) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.filename() == old.version) return folder.parent_path() / next.version / next.name;
  return folder /
         fmt::format("postgresql-{}-{}{}", next.version, next.name, fs::path(path).extension().string());
}

/// Lies beside a cluster's configuration while it is unfinished.
constexpr const char* kUnfinished = "pghaulctl.unfinished";

Outcome run(const std::string& host, const std::vector<std::string>& argv) {
  return Host::reached_by(host).run(argv).map([](const std::string&) {});
}

/// Where a cluster's configuration will be. On another machine that is known only once it is made.
std::string configuration_of(const ClusterName& next, const Cluster& old) {
  return fs::path(old.configuration_folder).parent_path().parent_path() / next.version / next.name;
}

/// Refuses a folder of data that has no cluster: somebody keeps it, and pg_createcluster would take it over.
Outcome refuse_data(const ClusterName& name, const std::string& folder) {
  Host& machine = Host::reached_by(name.host);
  const auto exists = machine.exists(folder);
  if (!exists || !*exists) return exists.map([](bool) {});
  const auto content = machine.run({"ls", "-A", folder});
  if (!content) return tl::make_unexpected(content.error());
  if (content->empty()) return {};
  return refused(fmt::format("there is no cluster {}, but data in its place: {}", name.text(), folder),
                 "move or remove that folder first");
}

/// Removes what a run before has left; refuses a cluster that is somebody's. Where pg_createcluster was
/// interrupted there may be data, and no cluster.
Outcome make_room(const ClusterName& name, const Cluster& old) {
  Cluster next;
  next.host = name.host;
  next.configuration_folder = configuration_of(name, old);
  const auto begun = Host::reached_by(name.host).exists(unfinished_mark(next));
  if (!begun) return tl::make_unexpected(begun.error());
  if (*begun) {
    if (auto free = await_programs(next); !free) return free;
  }
  const auto there = find_cluster(name);
  if (!there && there.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(there.error());
  if (!there && name.host != old.host) return {};
  if (!there && !*begun) return refuse_data(name, beside(old.data_folder, old, name));
  if (!there) return run(name.host, {"rm", "-rf", "--", beside(old.data_folder, old, name)});
  const auto finished = is_finished(*there);
  if (!finished) return tl::make_unexpected(finished.error());
  if (!*finished) return drop_cluster(name);
  return refused(fmt::format("there is a cluster {} already", name.text()),
                 fmt::format("if nobody needs it: pg_dropcluster --stop {} {}", name.version, name.name));
}

/// Says that a cluster is unfinished before there is one.
Outcome announce(const ClusterName& name, const Cluster& old) {
  Host& machine = Host::reached_by(name.host);
  Cluster next;
  next.configuration_folder = configuration_of(name, old);
  const auto made = machine.run({"mkdir", "-p", next.configuration_folder}, old.owner);
  if (!made) return tl::make_unexpected(made.error());
  Outcome done = machine.make_file(unfinished_mark(next));
  if (done) done = machine.remove(prepared_mark(next));
  return done ? machine.remove(upgraded_mark(next)) : done;
}

/// Undoes announce(), where no cluster came of it.
void withdraw(const ClusterName& name, const Cluster& old) {
  Host& machine = Host::reached_by(name.host);
  Cluster next;
  next.configuration_folder = configuration_of(name, old);
  (void)machine.remove(unfinished_mark(next));
  (void)machine.run({"rmdir", "--ignore-fail-on-non-empty", next.configuration_folder});
}

PointedFile rules_of(const Cluster& cluster, const char* file) {
  return {cluster.host, cluster.configuration_folder + "/" + file};
}

/// Gives a cluster the access rules of another.
Outcome carry_rules(const ClusterName& name, const Cluster& old) {
  const auto next = find_cluster(name);
  if (!next) return tl::make_unexpected(next.error());
  for (const char* file : {"pg_hba.conf", "pg_ident.conf"}) {
    const auto text = rules_of(old, file).read();
    if (!text) return tl::make_unexpected(text.error());
    if (auto written = rules_of(*next, file).replace(*text); !written) return written;
  }
  return {};
}

}  // namespace

ClusterName ClusterName::of(const std::string& text) {
  const Place place = read_place(text).value_or(Place{"", text, ""});
  const std::size_t slash = place.cluster.find('/');
  return {place.cluster.substr(0, slash), place.cluster.substr(slash + 1), place.host};
}

std::string program_of(const std::string& version, const std::string& program) {
  return fmt::format("/usr/lib/postgresql/{}/bin/{}", version, program);
}

Outcome require_version(const std::string& version, const std::string& host) {
  const auto there = Host::reached_by(host).exists(program_of(version, "initdb"));
  if (!there) return tl::make_unexpected(there.error());
  if (*there) return {};
  return refused(fmt::format("PostgreSQL {} is not installed{}", version,
                             host.empty() ? "" : fmt::format(" where '{}' leads", host)),
                 "apt-get install postgresql-" + version);
}

Result<Cluster> find_cluster(const ClusterName& name) {
  const auto clusters = list_clusters(name.host);
  if (!clusters) return tl::make_unexpected(clusters.error());
  for (const Cluster& one : *clusters) {
    if (one.version == name.version && one.name == name.name) return one;
  }
  return refused(fmt::format("there is no cluster {}", name.text()));
}

Outcome create_cluster(const ClusterName& next, const Cluster& old, Server& server) {
  const auto rows = server.query(kMadeWith);
  if (!rows) return tl::make_unexpected(rows.error());
  const std::vector<std::string>& made = rows->front();
  const bool checksums = made[5] == "on";
  std::vector<std::string> command{"pg_createcluster", next.version, next.name, "--user", old.owner_name};
  const auto add = [&command](std::initializer_list<std::string> more) {
    command.insert(command.end(), more.begin(), more.end());
  };
  if (next.host == old.host) {
    add({"--datadir", beside(old.data_folder, old, next), "--logfile", beside(old.log_file, old, next),
         "--socketdir", old.socket_folder});
  }
  add({"--encoding", made[0], "--lc-collate", made[1], "--lc-ctype", made[2], "--", "--wal-segsize",
       made[6]});
  if (checksums) command.emplace_back("--data-checksums");
  if (!checksums && std::stoi(next.version) >= 18) command.emplace_back("--no-data-checksums");
  Cluster made_here;
  made_here.configuration_folder = configuration_of(next, old);
  const auto announced = Host::reached_by(next.host).exists(unfinished_mark(made_here));
  if (!announced) return tl::make_unexpected(announced.error());
  Outcome done = run(next.host, *announced ? holding(made_here, command) : command);
  if (done) done = set_setting(next, "listen_addresses", made[3]);
  if (done && next.host == old.host && !made[4].empty()) {
    const fs::path folder = fs::path(made[4]).parent_path();
    done = set_setting(next, "external_pid_file", folder / fmt::format("{}-{}.pid", next.version, next.name));
  }
  return done ? carry_rules(next, old) : done;
}

Result<Cluster> begin_cluster(const ClusterName& next, const Cluster& old, Server& server) {
  const bool is_here = next.host == old.host;
  Outcome done = make_room(next, old);
  if (done && is_here) done = announce(next, old);
  if (done) done = create_cluster(next, old, server);
  auto cluster = find_cluster(next);
  if (!done && !cluster && is_here) withdraw(next, old);
  if (!done) return tl::make_unexpected(done.error());
  if (!cluster) return cluster;
  if (auto marked = unfinish_cluster(*cluster); !marked) return tl::make_unexpected(marked.error());
  return cluster;
}

Outcome finish_cluster(const Cluster& cluster) {
  return Host::reached_by(cluster.host).remove(unfinished_mark(cluster));
}

Outcome unfinish_cluster(const Cluster& cluster) {
  return Host::reached_by(cluster.host).make_file(unfinished_mark(cluster));
}

fs::path unfinished_mark(const Cluster& next) {
  return fs::path(next.configuration_folder) / kUnfinished;
}

fs::path prepared_mark(const Cluster& next) {
  return fs::path(next.configuration_folder) / "pghaulctl.prepared";
}

fs::path upgraded_mark(const Cluster& next) {
  return fs::path(next.configuration_folder) / "pghaulctl.upgraded";
}

Result<Stage> stage_of(const Cluster& cluster) {
  using Mark = fs::path (*)(const Cluster&);
  constexpr std::pair<Mark, Stage> kMarks[] = {{upgraded_mark, Stage::upgraded},
                                               {unfinished_mark, Stage::unfinished},
                                               {prepared_mark, Stage::prepared}};
  for (const auto& [mark, stage] : kMarks) {
    const auto there = Host::reached_by(cluster.host).exists(mark(cluster));
    if (!there) return tl::make_unexpected(there.error());
    if (*there) return stage;
  }
  return Stage::whole;
}

/// Source  pg_upgrade of PostgreSQL renames pg_control before it links or swaps.
Result<bool> have_files_moved(const Cluster& old) {
  return Host::reached_by(old.host).exists(old.data_folder + "/global/pg_control.old");
}

std::vector<std::string> holding(const Cluster& cluster, const std::vector<std::string>& argv) {
  std::vector<std::string> all{"flock", "--close", cluster.configuration_folder};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

Outcome await_programs(const Cluster& cluster) {
  constexpr int kLooks = 120;  // of 5 s each: a host has to answer now and then
  for (int look = 0; look < kLooks; ++look) {
    const auto answer = Host::reached_by(cluster.host)
                            .run({"sh", "-c", R"(flock -w 5 -E 75 "$0" true; [ $? != 75 ] || echo busy)",
                                  cluster.configuration_folder});
    if (!answer) return tl::make_unexpected(answer.error());
    if (answer->empty()) return {};
  }
  return refused(fmt::format("a program that an earlier run has started still works on {}",
                             ClusterName::of(cluster).text()),
                 "wait for its end (pg_upgrade, vacuumdb or pg_dropcluster), and run it again");
}

Result<bool> is_finished(const Cluster& cluster) {
  return Host::reached_by(cluster.host).exists(unfinished_mark(cluster)).map([](bool marked) {
    return !marked;
  });
}

Outcome control_cluster(const ClusterName& cluster, const char* action) {
  return run(cluster.host, {"pg_ctlcluster", cluster.version, cluster.name, action});
}

/// Our marks go last: without them, a cluster that is half removed would be taken for one that is whole.
Outcome drop_cluster(const ClusterName& cluster) {
  const auto there = find_cluster(cluster);
  const Outcome dropped = run(cluster.host, {"pg_dropcluster", "--stop", cluster.version, cluster.name});
  if (!dropped || !there) return dropped;
  Host& machine = Host::reached_by(cluster.host);
  for (const fs::path& mark : {upgraded_mark(*there), prepared_mark(*there), unfinished_mark(*there)}) {
    if (auto removed = machine.remove(mark); !removed) return removed;
  }
  const fs::path folder = there->configuration_folder;
  (void)machine.run({"rmdir", "--ignore-fail-on-non-empty", folder});
  (void)machine.run({"rmdir", "--ignore-fail-on-non-empty", folder.parent_path()});
  return {};
}

Outcome drop_cluster(const ClusterName& cluster, const Cluster& held) {
  const auto is_there = [&]() -> Result<bool> {
    const auto there = find_cluster(cluster);
    if (!there && there.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(there.error());
    return there.has_value();
  };
  if (const auto there = is_there(); !there || !*there) return there.map([](bool) {});
  const Outcome done =
      run(held.host, holding(held, {"pg_dropcluster", "--stop", cluster.version, cluster.name}));
  const auto stays = is_there();
  if (!stays) return tl::make_unexpected(stays.error());
  return *stays ? done : Outcome();
}

Outcome set_setting(const ClusterName& cluster, const std::string& name, const std::string& value) {
  return run(cluster.host, {"pg_conftool", cluster.version, cluster.name, "set", name, value});
}

Result<std::string> read_setting(const ClusterName& cluster, const std::string& name) {
  auto value =
      Host::reached_by(cluster.host).run({"pg_conftool", "-s", cluster.version, cluster.name, "show", name});
  if (value) value->erase(value->find_last_not_of('\n') + 1);
  return value;
}

Outcome remove_setting(const ClusterName& cluster, const std::string& name) {
  return run(cluster.host, {"pg_conftool", cluster.version, cluster.name, "remove", name});
}

Result<Rows> file_settings(Server& server) {
  return server.query(kFileSettings);
}

Result<Rows> missing_settings(Server& old, Server& next) {
  auto wanted = file_settings(old);
  if (!wanted) return wanted;
  const auto known = next.query("SELECT name FROM pg_catalog.pg_settings");
  if (!known) return known;
  const auto own = file_settings(next);
  if (!own) return own;
  std::erase_if(*wanted, [&](const std::vector<std::string>& setting) {
    const bool of_extension = setting[0].find('.') != std::string::npos;
    const bool exists = of_extension || std::ranges::find(*known, std::vector{setting[0]}) != known->end();
    return !exists || std::ranges::find(*own, setting) != own->end();
  });
  return wanted;
}

Outcome write_settings(const ClusterName& cluster, const Rows& settings) {
  for (const auto& setting : settings) {
    if (auto set = set_setting(cluster, setting[0], setting[1]); !set) return set;
  }
  return {};
}

}  // namespace pghaul::platform
