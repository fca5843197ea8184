#include "app_file.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKeys[] = {"database", "writers", "databases", "names", "also"};

constexpr std::string_view kHook = "hook:";

std::optional<std::vector<std::string>> texts(const toml::table& table, std::string_view key) {
  std::vector<std::string> all;
  const toml::node* node = table.get(key);
  if (node == nullptr) return all;
  if (!node->is_array()) return std::nullopt;
  for (const toml::node& one : *node->as_array()) {
    if (!one.is_string()) return std::nullopt;
    all.push_back(one.as_string()->get());
  }
  return all;
}

}  // namespace

std::vector<std::string> hooks(const App& app) {
  std::vector<std::string> files;
  for (const std::string& one : app.also) {
    if (one.starts_with(kHook)) files.push_back(one.substr(kHook.size()));
  }
  return files;
}

std::vector<std::string> without_hook(const App& app) {
  std::vector<std::string> all = app.also;
  std::erase_if(all, [](const std::string& one) { return one.starts_with(kHook); });
  return all;
}

std::string apps_folder() {
  const char* folder = std::getenv("PGHAUL_APPS");
  return folder == nullptr || *folder == '\0' ? "/etc/pghaul/apps" : folder;
}

Result<App> parse_app(const std::string& name, const std::string& text, const std::string& file) try {
  const toml::table table = toml::parse(text);
  for (const auto& [key, value] : table) {
    if (std::ranges::find(kKeys, key.str()) == std::end(kKeys))
      return refused(fmt::format("{}: there is no key '{}'", file, key.str()),
                     "its keys are database, writers, databases, names and also");
  }
  App app{.name = name,
          .database = table["database"].value_or(std::string()),
          .writers = {},
          .databases = {},
          .names = {},
          .also = {}};
  for (const auto& [key, list] :
       {std::pair{"writers", &app.writers}, {"names", &app.names}, {"also", &app.also}}) {
    const auto read = texts(table, key);
    if (!read) return refused(fmt::format("{}: '{}' is not a list of texts", file, key));
    *list = *read;
  }
  const toml::table* databases = table["databases"].as_table();
  if (app.database.empty() || databases == nullptr || databases->empty()) {
    return refused(
        fmt::format("{}: there is no '{}'", file, app.database.empty() ? "database" : "databases"),
        "an application has at least: database = \"shop\" and databases = { LAVENDER = \"15/main\" }");
  }
  for (const auto& [key, value] : *databases) {
    if (!value.is_string())
      return refused(fmt::format("{}: the place of database {} is not a text", file, key.str()),
                     "write a Debian cluster, such as \"15/main\", or a connection string");
    app.databases.push_back({std::string(key.str()), value.as_string()->get()});
  }
  return app;
} catch (const toml::parse_error& error) {
  return refused(fmt::format("{}, line {}: {}", file, error.source().begin.line, error.description()));
}

Result<App> read_app(const std::string& name) {
  const std::string path = apps_folder() + "/" + name + ".toml";
  std::ifstream file(path);
  if (name.find('/') != std::string::npos || !file) {
    return refused(fmt::format("there is no application '{}': cannot read {}", name, path),
                   "'pghaulctl info' lists the applications there are");
  }
  return parse_app(name, {std::istreambuf_iterator<char>(file), {}}, path);
}

namespace {

std::vector<std::string> list_apps(std::error_code& error) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(apps_folder(), error)) {
    if (entry.path().extension() == ".toml") found.push_back(entry.path().stem());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

std::vector<App> readable_apps() {
  std::error_code ignored;
  std::vector<App> apps;
  for (const std::string& name : list_apps(ignored)) {
    if (auto app = read_app(name)) apps.push_back(std::move(*app));
  }
  return apps;
}

Result<std::vector<App>> read_apps() {
  std::error_code error;
  const std::vector<std::string> found = list_apps(error);
  if (error) {
    return refused(fmt::format("cannot read the folder {}: {}", apps_folder(), error.message()),
                   "write a file for each application there, such as shop.toml");
  }
  std::vector<App> apps;
  for (const std::string& name : found) {
    auto app = read_app(name);
    if (!app) return tl::make_unexpected(app.error());
    apps.push_back(std::move(*app));
  }
  return apps;
}

Result<App> app_of_database(const std::string& database) {
  auto apps = read_apps();
  if (!apps) return tl::make_unexpected(apps.error());
  std::vector<App> having;
  for (App& app : *apps) {
    if (std::ranges::find(app.databases, database, &App::Database::name) != app.databases.end())
      having.push_back(std::move(app));
  }
  if (having.empty())
    return refused(fmt::format("no application has a database {}", database), "'pghaulctl info' lists them");
  if (having.size() > 1) {
    return refused(fmt::format("{} and {} both have a database {}", having[0].name, having[1].name, database),
                   "give each database a name of its own");
  }
  return std::move(having.front());
}

}  // namespace pghaul::platform
