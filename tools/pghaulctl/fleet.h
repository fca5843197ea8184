#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "app_file.h"
#include "cluster.h"
#include "pointer.h"
#include "server.h"

namespace pghaul::platform {

/// One of an application's databases, as it was found.
struct Member {
  enum class State { missing, down, starting, open };

  std::string name;
  std::string place;
  std::string host;  // the command that leads to its machine; empty: this one, or a connection string
  std::optional<Cluster> cluster;  // nothing: a connection string, or a cluster that does not exist
  std::string connection_string;   // to the application's database, on that machine; empty: there is none
  Address address;
  State state = State::missing;
  std::string reason;            // why it isn't open
  std::optional<Server> server;  // while it is open
  /// While it is upgraded: the cluster of the same name that it is upgraded to, or was upgraded from.
  std::optional<Cluster> other;
  bool half_upgraded = false;  // its upgrade has something left to do
  bool unfinished = false;     // its cluster was begun, and nobody has said that it is finished
  bool follower = false;       // in recovery
  std::string system;          // its system identifier, which a follower shares with its leader

  /// Says whether nothing is known of its cluster, as its host could not be asked.
  [[nodiscard]] bool is_unasked() const { return state == State::down && address.port.empty(); }
  /// Says whether what a name has means it; without its port, while its host can't be asked for that.
  [[nodiscard]] bool is_meant_by(const Address& written) const;
  /// Says whether it may run unseen: its host can't be asked, or says that the cluster runs.
  [[nodiscard]] bool may_run_unseen() const {
    return !server && !host.empty() && (is_unasked() || (cluster && cluster->running));
  }
  /// Returns the user that its machine knows as the cluster's owner.
  [[nodiscard]] std::optional<uid_t> owner() const {
    return cluster ? std::optional<uid_t>(cluster->owner) : std::nullopt;
  }
  /// Names its cluster as it is, which may be of another version than its place says.
  [[nodiscard]] std::string cluster_text() const {
    return cluster ? cluster->version + "/" + cluster->name : place_text();
  }
  /// Names the cluster of its place, or else returns its connection string.
  [[nodiscard]] std::string place_text() const {
    const auto read = read_place(place);
    return read ? read->cluster : place;
  }
  /// Connects to another database of the same server.
  [[nodiscard]] Result<Server> connect(const std::string& database) const;
};

/// Refuses a cluster that is to be made on another host than the live one, and that nobody would reach there:
/// it takes over what addresses the live one listens on.
[[nodiscard]] Outcome check_listening(const Member& live, const Member& next);

/// An application and its databases, as the servers are right now.
class Fleet {
 public:
  /// Looks for all of them. One that can't be reached is no failure: its Member says why.
  [[nodiscard]] static Result<Fleet> survey(App app);

  [[nodiscard]] const App& app() const { return app_; }
  [[nodiscard]] std::vector<Member>& members() { return members_; }
  [[nodiscard]] Pointers& pointers() { return pointers_; }
  [[nodiscard]] Result<Member*> find(const std::string& name);
  /// The one that the application works with: where its names point, or else the only one that takes writes.
  ///
  /// Errors  that of a name that can't be read, when no other says which; PGHAUL_EXIT_UNREACHABLE: a host
  ///         can't be asked, and its database may be the one.
  [[nodiscard]] Result<Member*> live();
  /// The one that `follower` follows; nullptr: it is none of these.
  [[nodiscard]] Member* leader_of(const Member& follower);

 private:
  App app_;
  std::vector<Member> members_;
  Pointers pointers_;
};

}  // namespace pghaul::platform
