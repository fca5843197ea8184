#include "schema/restore_log.h"

namespace pghaul::schema {
namespace {

bool take(std::string_view& line, std::string_view beginning) {
  if (!line.starts_with(beginning)) return false;
  line.remove_prefix(beginning.size());
  return true;
}

/// Removes the quotes: TABLE app.plain of TABLE "app.plain".
std::string without_quotes(std::string_view created) {
  std::string result(created);
  if (const std::size_t opening = result.find('"'); opening != std::string::npos) {
    result.erase(opening, 1);
    if (result.ends_with('"')) result.pop_back();
  }
  return result;
}

/// Recognizes harmless failures: a pg_restore that is newer than the server sets what the server doesn't
/// have.
bool is_harmless(std::string_view statement) {
  return statement == "SET transaction_timeout = 0;";
}

}  // namespace

bool tells_of_lost_connection(std::string_view complaint) {
  return complaint.find("server closed the connection unexpectedly") != std::string_view::npos ||
         complaint.find("no connection to the server") != std::string_view::npos ||
         complaint.find("could not receive data from server") != std::string_view::npos ||
         complaint.find("could not send data to server") != std::string_view::npos;
}

bool tells_of_failed_connection(std::string_view complaint) {
  return complaint.starts_with("connection to server ");
}

void RestoreLog::read(std::string_view line) {
  std::string_view rest = line;
  if (take(rest, "pg_restore: error: could not execute query: ")) {
    begin_failure(rest);
  } else if (in_reason_ && take(rest, "Command was: ")) {
    end_failure(rest);
  } else if (take(rest, "pg_restore: error: ")) {
    in_reason_ = false;
    ++errors_;
    if (broke_down_.empty()) broke_down_ = rest;
  } else if (take(rest, "pg_restore: creating ")) {
    in_reason_ = false;
    object_ = without_quotes(rest);
  } else if (in_reason_ && (line.starts_with("DETAIL:") || line.starts_with("HINT:"))) {
    failures_.back().reason += "; " + std::string(line);
  }
}

void RestoreLog::begin_failure(std::string_view reason) {
  take(reason, "ERROR:  ");
  if (tells_of_lost_connection(reason) || reason.starts_with("FATAL:")) lost_connection_ = true;
  ++errors_;
  const std::string object = object_.empty() ? "the session's settings" : object_;
  if (!failures_.empty() && failures_.back().object == object) return;  // its owner can't be set either
  failures_.push_back({object, std::string(reason)});
  in_reason_ = true;
}

void RestoreLog::end_failure(std::string_view statement) {
  in_reason_ = false;
  if (is_harmless(statement) && !lost_connection_) failures_.pop_back();
}

}  // namespace pghaul::schema
