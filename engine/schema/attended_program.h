#pragma once

#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "process/run_program.h"

namespace pghaul::schema {

/// Runs run_program() for a program that works at a server, and ends the program when the server has not
/// responded for ConnectionString::silence_limit().
/// Errors  connection_lost, naming the server and the program, when that happened.
[[nodiscard]] Result<process::Finished> run_attended(
    const process::Program& program, const postgres::ConnectionString& server, postgres::Side side,
    const std::stop_token& stop, const std::function<void(std::string_view)>& on_error_line = {});

}  // namespace pghaul::schema
