#pragma once

#include <string>
#include <vector>

#include "platform/machine.h"

namespace pghaul::platform {

/// Another host as far as pghaulctl can tell: a command that runs what it is given in a surrounding of its
/// own, as ssh would, with Debian clusters of its own.
class OtherHost {
 public:
  OtherHost(const Machine& machine, std::string name);
  /// Removes its clusters.
  ~OtherHost();
  OtherHost(const OtherHost&) = delete;
  OtherHost& operator=(const OtherHost&) = delete;

  /// The command that leads there.
  [[nodiscard]] const std::string& command() const { return command_; }
  [[nodiscard]] std::string folder() const { return machine_.folder() + "/" + name_; }
  /// Has the command fail from now on, or do so once the file `when` exists; or work again.
  void take_down() const;
  void take_down_when(const std::string& when) const;
  void bring_back() const;
  /// Runs statements as the superuser of one of its clusters; returns rows, fields separated by '|'.
  [[nodiscard]] std::string psql(const std::string& cluster, const std::string& database,
                                 const std::string& sql) const;
  /// Reads what pg_lsclusters tells of a cluster: "port".
  [[nodiscard]] std::string property(const std::string& cluster, const std::string& member) const;
  /// Starts or stops a cluster: "restart".
  void control(const std::string& cluster, const std::string& action) const;
  /// Reads what the command was called with so far, one call a line.
  [[nodiscard]] std::string calls() const { return machine_.read(name_ + ".calls"); }

 private:
  [[nodiscard]] std::vector<std::string> there(const std::vector<std::string>& argv) const;

  const Machine& machine_;
  std::string name_;
  std::string command_;
};

}  // namespace pghaul::platform
