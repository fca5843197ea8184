#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::tasks {

/// Foreign keys of an extension's configuration tables that lead to tables which are filled after their own:
/// for the length of a transaction they are checked at its end. Where no table refers to a later one, there
/// are none.
class ConfigurationKeys {
 public:
  /// `tables`: in the order in which they are filled, on the target.
  [[nodiscard]] static Result<ConfigurationKeys> defer(postgres::Connection& target,
                                                       const std::vector<catalog::Name>& tables);
  /// Has them checked, and restores their former state.
  [[nodiscard]] Status check(postgres::Connection& target) const;

 private:
  std::string restore_;  // statements; empty: there are none
};

}  // namespace pghaul::tasks
