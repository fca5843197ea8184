#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
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
