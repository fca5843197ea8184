#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "changeover.h"
#include "program.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

/// Settings that each cluster has its own of.
constexpr const char* kSettings = R"(
SELECT name, setting FROM pg_catalog.pg_file_settings
WHERE applied AND name NOT IN ('port', 'cluster_name', 'data_directory', 'hba_file', 'ident_file', 'external_pid_file',
                               'unix_socket_directories', 'primary_conninfo', 'primary_slot_name',
                               'stats_temp_directory')
ORDER BY name)";

/// Returns a sibling of the old cluster's file or folder.
std::string beside(const std::string& path, const Cluster& old, const std::string& version,
                   const std::string& name) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.filename() == old.version) return folder.parent_path() / version / name;
  return folder / fmt::format("postgresql-{}-{}{}", version, name, fs::path(path).extension().string());
}

/// Makes the next cluster, with the settings and the access rules of the live one, and starts it.
class CreateStep : public Step {
 public:
  explicit CreateStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "create"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} runs, with the settings of {}", all_.to, all_.from);
  }
  [[nodiscard]] Result<bool> is_so() override {
    auto next = all_.target().connect("postgres");
    if (!next) return false;
    if (!all_.source().cluster || !all_.target().cluster) return true;  // its settings are somebody else's
    return missing_settings(*next).map([](const Rows& missing) { return missing.empty(); });
  }

  [[nodiscard]] Outcome may() override {
    const Member& next = all_.target();
    if (next.cluster || next.connect("postgres")) return {};
    if (!all_.source().cluster || !is_cluster(next.place))
      return refused(
          fmt::format("{} is down, and no cluster that could be made: {}", next.name, next.reason));
    const std::string version = next.place.substr(0, next.place.find('/'));
    if (fs::exists("/usr/lib/postgresql/" + version + "/bin/initdb")) return {};
    return refused(fmt::format("PostgreSQL {} is not installed", version),
                   "apt-get install postgresql-" + version);
  }

  [[nodiscard]] Result<std::string> take() override {
    const std::string place = all_.target().place;
    const std::string version = place.substr(0, place.find('/'));
    const std::string name = place.substr(place.find('/') + 1);
    Outcome done;
    if (!all_.target().cluster) done = create(version, name);
    if (done) done = all_.survey();
    if (done && !all_.target().cluster->running) done = control(version, name, "start");
    if (done) done = carry_settings(version, name);
    if (done) done = all_.survey();
    if (!done) return tl::make_unexpected(done.error());
    return std::string();
  }

 private:
  [[nodiscard]] Outcome create(const std::string& version, const std::string& name) {
    const Cluster& old = *all_.source().cluster;
    auto locale = all_.source().server->query(
        "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype FROM pg_catalog.pg_database "
        "WHERE datname = 'template0'");
    if (!locale) return tl::make_unexpected(locale.error());
    const std::vector<std::string>& initdb = locale->front();
    auto shown = all_.source().server->query(
        "SELECT pg_catalog.current_setting('data_checksums'), "
        "pg_catalog.current_setting('listen_addresses')");
    if (!shown) return tl::make_unexpected(shown.error());
    std::vector<std::string> command{"pg_createcluster",
                                     version,
                                     name,
                                     "--user",
                                     std::to_string(old.owner),
                                     "--datadir",
                                     beside(old.data_folder, old, version, name),
                                     "--logfile",
                                     beside(old.log_file, old, version, name),
                                     "--socketdir",
                                     old.socket_folder,
                                     "--encoding",
                                     initdb[0],
                                     "--lc-collate",
                                     initdb[1],
                                     "--lc-ctype",
                                     initdb[2],
                                     "-o",
                                     "listen_addresses=" + shown->front()[1]};
    if (shown->front()[0] == "on") command.insert(command.end(), {"--", "--data-checksums"});
    auto created = run_program(command);
    if (!created) return tl::make_unexpected(created.error());
    const std::string folder =
        fs::path(old.configuration_folder).parent_path().parent_path() / version / name;
    for (const char* file : {"pg_hba.conf", "pg_ident.conf"}) {
      auto copied =
          run_program({"cp", "--preserve=mode,ownership", old.configuration_folder + "/" + file, folder});
      if (!copied) return tl::make_unexpected(copied.error());
    }
    return {};
  }

  [[nodiscard]] static Outcome control(const std::string& version, const std::string& name,
                                       const char* action) {
    return run_program({"pg_ctlcluster", version, name, action}).map([](const std::string&) {});
  }

  /// Lists the settings of the live cluster's files that the next one knows, and has otherwise.
  [[nodiscard]] Result<Rows> missing_settings(Server& next) {
    auto wanted = all_.source().server->query(kSettings);
    if (!wanted) return wanted;
    const auto known = next.query("SELECT name FROM pg_catalog.pg_settings");
    if (!known) return known;
    const auto own = next.query(kSettings);
    if (!own) return own;
    std::erase_if(*wanted, [&](const std::vector<std::string>& setting) {
      const bool of_extension = setting[0].find('.') != std::string::npos;
      const bool exists = of_extension || std::ranges::find(*known, std::vector{setting[0]}) != known->end();
      return !exists || std::ranges::find(*own, setting) != own->end();
    });
    return wanted;
  }

  [[nodiscard]] Outcome carry_settings(const std::string& version, const std::string& name) {
    auto next = all_.target().connect("postgres");
    if (!next) return tl::make_unexpected(next.error());
    const auto missing = missing_settings(*next);
    if (!missing) return tl::make_unexpected(missing.error());
    for (const auto& setting : *missing) {
      auto set = run_program({"pg_conftool", version, name, "set", setting[0], setting[1]});
      if (!set) return tl::make_unexpected(set.error());
    }
    return missing->empty() ? Outcome() : control(version, name, "restart");
  }

  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> create_step(Changeover& changeover) {
  return std::make_unique<CreateStep>(changeover);
}

}  // namespace pghaul::platform
