#pragma once

#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// An application as its file names it; everything else is asked of the servers.
struct App {
  struct Database {
    std::string name;   // LAVENDER
    std::string place;  // a Debian cluster, "15/main" or "ssh db2: 18/main", or a connection string
  };

  std::string name;                  // the file's, without .toml
  std::string database;              // on each of the servers
  std::vector<std::string> writers;  // roles that the application writes as
  std::vector<Database> databases;   // sorted by name
  std::vector<std::string> names;    // what points at the live one: "service:FILE#SECTION" …
  std::vector<std::string> also;     // what else hangs on it: "hook:FILE", or in words
};

/// Lists the files of the hooks among `also`.
[[nodiscard]] std::vector<std::string> hooks(const App& app);
/// Lists what of `also` has no hook.
[[nodiscard]] std::vector<std::string> without_hook(const App& app);

/// Returns the folder of the files: $PGHAUL_APPS, or /etc/pghaul/apps.
[[nodiscard]] std::string apps_folder();

[[nodiscard]] Result<App> read_app(const std::string& name);
/// Reads all files of the folder, sorted by name.
[[nodiscard]] Result<std::vector<App>> read_apps();
/// Reads those that can be read.
[[nodiscard]] std::vector<App> readable_apps();
/// Reads an application from the text of its file, which errors call `file`.
[[nodiscard]] Result<App> parse_app(const std::string& name, const std::string& text,
                                    const std::string& file);
/// Finds the application that has a database of this name.
[[nodiscard]] Result<App> app_of_database(const std::string& database);

}  // namespace pghaul::platform
