#pragma once

#include <array>

namespace pghaul::documents {

struct Variable {
  const char* name;
  const char* text;
};

/// Variables of the environment that the command reads, besides those of libpq.
inline constexpr std::array kEnvironment{
    Variable{"PGHAUL_SOURCE", "SOURCE, where the command line gives none"},
    Variable{"PGHAUL_TARGET", "TARGET, where the command line gives none"},
    Variable{
        "PGPASSFILE, PGSERVICEFILE, PGSSLROOTCERT …",
        "and the other variables of libpq fill in what a connection string leaves out; PGHOST, PGDATABASE "
        "and their like mean both servers, so they are better not set"},
    Variable{"PATH",
             "where pg_dump and pg_restore are looked for, besides Debian's folders of all versions; only "
             "folders that begin with / count"},
    Variable{"NO_COLOR", "when set, nothing is coloured"},
};

}  // namespace pghaul::documents
