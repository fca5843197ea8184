#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "catalog/read_keys.h"

namespace pghaul::rows {

/// The columns by which the rows of a table are told apart; none: by the whole row.
struct Key {
  struct Column {
    std::string name;
    catalog::Oid type = 0;
    std::uint32_t field = 0;  // its place among the copied columns

    friend bool operator==(const Column&, const Column&) = default;
  };
  std::vector<Column> columns;
  /// Both servers have an index of them, in an order that is the same there and known here: the rows of a
  /// range can be asked for.
  bool by_range = false;
};

using UniqueKeys = std::map<catalog::Name, std::vector<catalog::UniqueKey>>;

/// Chooses a table's key: the first that both servers have and can be read by ranges, else the first that
/// both have.
///
/// `same_encoding`: of both databases; texts are ordered by the bytes of it.
[[nodiscard]] Key choose_key(const catalog::Relation& table, const UniqueKeys& source,
                             const UniqueKeys& target, bool same_encoding);

/// Returns the columns that are copied, in the order of a copied row.
[[nodiscard]] std::vector<catalog::Column> copied_columns(const catalog::Relation& table);

/// Returns an expression that gives the binary form of a key's column, as COPY BINARY has it, in hexadecimal
/// digits. Of keys by range only.
[[nodiscard]] std::string binary_form_sql(const Key::Column& column);

/// Appends a value of a key's column so that the bytes of all of a key's columns sort as the server sorts
/// them. `value`: in the binary format. Of keys by range only.
void append_sortable(catalog::Oid type, std::string_view value, std::string& bytes);

}  // namespace pghaul::rows
