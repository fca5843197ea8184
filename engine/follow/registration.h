#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// The traces of a live copy on its source: a row of pghaul_live.copies, a publication, and a logical
/// replication slot, all of one name.
struct Registration {
  std::string name;
  std::string target;   // for people
  std::string started;  // for people, in UTC
};

/// Names the registration of the target with this identity, of which there is one.
[[nodiscard]] std::string registration_name(const std::string& system_identifier, std::uint32_t database_oid);

/// Names the registration of a target that was a standby of the server with this identity, whose database
/// this is: such a target gets an identity of its own, if any, after its registration is made.
[[nodiscard]] std::string standby_registration_name(const std::string& system_identifier,
                                                    std::uint32_t database_oid);

/// The state of a registration that a standby was prepared with.
struct StandbyRegistration {
  std::optional<Lsn> until;  // the standby ends its recovery there; nothing: the slot is not known yet
  bool adopted = false;      // the former standby is followed into
  std::string started = {};  // tells preparations of the same source apart
};
/// Nothing: the server, or the standby that has replayed so much of it, has no such registration.
[[nodiscard]] Result<std::optional<StandbyRegistration>> find_standby_registration(
    postgres::Connection& server, const std::string& name);
/// Writes where the standby ends its recovery. This is a commit behind that position: it ends the recovery
/// where nobody else writes, and a standby that has it has replayed too much.
[[nodiscard]] Status set_standby_until(postgres::Connection& source, const std::string& name, Lsn until);
/// Writes which former standby is followed into.
[[nodiscard]] Status set_adopted(postgres::Connection& source, const std::string& name,
                                 const std::string& target);
/// Returns statements that remove what a former standby has of its source's registrations.
[[nodiscard]] Result<std::string> forget_registrations(postgres::Connection& former_standby);

/// Lists a source's registrations.
[[nodiscard]] Result<std::vector<Registration>> find_registrations(postgres::Connection& source);

/// Returns the number of the last switchover that closed this server to writers in favour of the other end of
/// the registration; 0: none has. Of two servers that are registered with each other the one with the greater
/// number is closed: switchovers are counted by both together.
[[nodiscard]] Result<int> read_turn(postgres::Connection& source, const std::string& name);
/// Returns a subquery that gives the same, where there are registrations.
[[nodiscard]] std::string turn_query(const std::string& name);
/// Returns the statement by which a switchover closes this server; for the transaction that decides.
[[nodiscard]] std::string set_turn(const std::string& name, int turn);

/// Lists names of slots and publications of live copies that have lost their row, as when somebody has
/// dropped the schema.
[[nodiscard]] Result<std::vector<std::string>> find_remains(postgres::Connection& source);

/// Lists, for people, tables of the source that did not exist when the registration was made and are not in
/// its publication either, and partitions that were detached since; empty: there are none.
[[nodiscard]] Result<std::string> list_new_tables(postgres::Connection& source, const std::string& name);

/// Makes the row and the publication of `tables`, which are quoted names, and of the table with the row: in
/// one transaction, which is committed before the slot may be made.
[[nodiscard]] Status create_registration(postgres::Connection& source, const Registration& registration,
                                         const std::vector<std::string>& tables);

/// Removes slot, publication and row, and the schema with the last of them; what does not exist is no error.
/// `replication`: a second connection, by open_for_replication(). Waits for whoever reads from the slot to
/// go.
[[nodiscard]] Status drop_registration(postgres::Connection& source, postgres::Connection& replication,
                                       const std::string& name, const std::stop_token& stop);

}  // namespace pghaul::follow
