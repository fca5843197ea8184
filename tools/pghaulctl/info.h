#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fleet.h"
#include "lag.h"

namespace pghaul::platform {

/// Facts that a person wants to know of a database, as its server says right now.
struct Info {
  std::string name;
  std::string app;  // empty: not the one that the application works with
  std::string status;
  std::string reason;   // why it is not available
  std::string version;  // empty, as what follows: it is not available
  std::int64_t data_bytes = 0;
  std::int64_t tables = 0;
  std::int64_t connections = 0;
  std::int64_t most_connections = 0;
  std::vector<std::string> followers;
  std::string following;
  std::optional<Lag> behind;
  std::string maintenance;  // "on": the writers can't log in; empty: off
  std::string created;
};

[[nodiscard]] Result<std::vector<Info>> read_info(Fleet& fleet);

/// Renders it with the keys of hosted platforms, empty ones left out.
[[nodiscard]] std::string info_text(const Info& info);
[[nodiscard]] nlohmann::json info_json(const Info& info);

}  // namespace pghaul::platform
