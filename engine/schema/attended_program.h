#pragma once

#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "process/child_process.h"

namespace pghaul::schema {

/// As run_program(), of a program that works at a server: one that answers nobody any more, for
/// ConnectionString::patience(), ends the program.
/// Errors  connection_lost, naming the server and the program, when that happened.
[[nodiscard]] Result<process::Finished> run_attended(
    const process::Program& program, const postgres::ConnectionString& server, postgres::Side side,
    const std::stop_token& stop, const std::function<void(std::string_view)>& on_error_line = {});

}  // namespace pghaul::schema
