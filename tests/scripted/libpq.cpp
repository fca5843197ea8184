// The functions of libpq that the engine calls, played by ScriptedLibpq. What is missing here fails to link.
#include <libpq-fe.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "scripted/scripted_libpq.h"

using pghaul::scripted::Answer;
using pghaul::scripted::Call;
using pghaul::scripted::libpq;

struct pg_conn {};
struct pg_result {
  Answer answer;
};
struct pg_cancel {};

namespace {

int number(const std::string& call) {
  const Call made = libpq().next(call);
  const int* given = std::get_if<int>(&made.gives);
  return given == nullptr ? 0 : *given;
}

/// Returns the text; where nothing is given, that is the string's end.
char* text_of(const std::string& text) {
  return const_cast<char*>(text.c_str());
}

char empty[] = "";

const std::string& value(const PGresult* result, int row, int column) {
  return result->answer.rows.at(static_cast<std::size_t>(row)).at(static_cast<std::size_t>(column));
}

}  // namespace

extern "C" {

// Calls that talk to the server, by the script.

PGconn* PQconnectStartParams(const char* const*, const char* const*, int) {
  const int made = number("PQconnectStartParams");
  if (made == 0) return nullptr;
  ++libpq().living_connections;
  return new pg_conn;
}

PostgresPollingStatusType PQconnectPoll(PGconn*) {
  return static_cast<PostgresPollingStatusType>(number("PQconnectPoll"));
}

int PQsendQuery(PGconn*, const char* sql) {
  return number(std::string("PQsendQuery ") + sql);
}

int PQsendQueryParams(PGconn*, const char* sql, int count, const Oid*, const char* const* values, const int*,
                      const int*, int) {
  std::string call = std::string("PQsendQueryParams ") + sql;
  for (int i = 0; i < count; ++i) call += std::string(" | ") + values[i];
  return number(call);
}

int PQsendPrepare(PGconn*, const char* name, const char* sql, int, const Oid*) {
  return number(std::string("PQsendPrepare ") + name + " | " + sql);
}

int PQsendQueryPrepared(PGconn*, const char* name, int count, const char* const* values, const int* lengths,
                        const int*, int) {
  std::string call = std::string("PQsendQueryPrepared ") + name;
  for (int i = 0; i < count; ++i) {
    if (values[i] == nullptr) {
      call += std::string(" | ") + pghaul::scripted::kNull;
    } else {
      call += " | " + (lengths == nullptr ? std::string(values[i])
                                          : std::string(values[i], static_cast<std::size_t>(lengths[i])));
    }
  }
  return number(call);
}

int PQisBusy(PGconn*) {
  return number("PQisBusy");
}

int PQconsumeInput(PGconn*) {
  return number("PQconsumeInput");
}

PGresult* PQgetResult(PGconn*) {
  Call made = libpq().next("PQgetResult");
  Answer* const answer = std::get_if<Answer>(&made.gives);
  if (answer == nullptr) return nullptr;
  ++libpq().living_results;
  return new pg_result{std::move(*answer)};
}

int PQputCopyData(PGconn*, const char* bytes, int size) {
  const std::string payload(bytes, static_cast<std::size_t>(size));
  return number("PQputCopyData " + (size > 100 ? std::to_string(size) + " bytes" : payload));
}

int PQputCopyEnd(PGconn*, const char* failure) {
  return number(failure == nullptr ? "PQputCopyEnd" : std::string("PQputCopyEnd ") + failure);
}

int PQgetCopyData(PGconn*, char** buffer, int) {
  const Call made = libpq().next("PQgetCopyData");
  const std::string* const row = std::get_if<std::string>(&made.gives);
  *buffer = row == nullptr ? nullptr : strdup(row->c_str());
  if (row != nullptr) return static_cast<int>(row->size());
  const int* const end = std::get_if<int>(&made.gives);
  return end == nullptr ? -1 : *end;
}

int PQflush(PGconn*) {
  return number("PQflush");
}

int PQenterPipelineMode(PGconn*) {
  return number("PQenterPipelineMode");
}

int PQpipelineSync(PGconn*) {
  return number("PQpipelineSync");
}

int PQsendFlushRequest(PGconn*) {
  return number("PQsendFlushRequest");
}

int PQsetnonblocking(PGconn*, int nonblocking) {
  return number("PQsetnonblocking " + std::to_string(nonblocking));
}

// Calls that read a connection.

ConnStatusType PQstatus(const PGconn*) {
  return libpq().status;
}
char* PQerrorMessage(const PGconn*) {
  return text_of(libpq().message);
}
int PQsocket(const PGconn*) {
  return libpq().client_socket();
}
int PQserverVersion(const PGconn*) {
  return libpq().version;
}
int PQbackendPID(const PGconn*) {
  return pghaul::scripted::ScriptedLibpq::kSession;
}
int PQsslInUse(PGconn*) {
  return 0;
}
int PQgssEncInUse(PGconn*) {
  return libpq().encrypts_by_gssapi ? 1 : 0;
}
void* PQsslStruct(PGconn*, const char*) {
  return nullptr;
}
const char* PQparameterStatus(const PGconn*, const char*) {
  return "UTF8";
}
char* PQdb(const PGconn*) {
  return empty;
}
char* PQuser(const PGconn*) {
  return empty;
}
char* PQpass(const PGconn*) {
  return empty;
}
char* PQhost(const PGconn*) {
  return empty;
}
char* PQhostaddr(const PGconn*) {
  return empty;
}
char* PQport(const PGconn*) {
  return empty;
}
PQconninfoOption* PQconninfo(PGconn*) {
  return nullptr;
}
PQconninfoOption* PQconninfoParse(const char*, char**) {
  return nullptr;
}
void PQconninfoFree(PQconninfoOption*) {}
PGVerbosity PQsetErrorVerbosity(PGconn*, PGVerbosity) {
  return PQERRORS_DEFAULT;
}
PQnoticeReceiver PQsetNoticeReceiver(PGconn*, PQnoticeReceiver, void*) {
  return nullptr;
}
PGcancel* PQgetCancel(PGconn*) {
  return new pg_cancel;
}
void PQfreeCancel(PGcancel* cancel) {
  delete cancel;
}
int PQcancel(PGcancel*, char*, int) {
  return 1;
}
void PQfreemem(void* memory) {
  std::free(memory);
}
void PQfinish(PGconn* handle) {
  --libpq().living_connections;
  delete handle;
}

// Calls that read a result. Source  PostgreSQL manual, libpq: a null result counts as a failure.

ExecStatusType PQresultStatus(const PGresult* result) {
  return result == nullptr ? PGRES_FATAL_ERROR : result->answer.status;
}
char* PQresultErrorField(const PGresult* result, int field) {
  if (result == nullptr) return nullptr;
  if (field == PG_DIAG_SQLSTATE) return text_of(result->answer.sqlstate);
  return field == PG_DIAG_MESSAGE_PRIMARY ? text_of(result->answer.message) : nullptr;
}
int PQntuples(const PGresult* result) {
  return static_cast<int>(result->answer.rows.size());
}
char* PQgetvalue(const PGresult* result, int row, int column) {
  return PQgetisnull(result, row, column) == 1 ? empty : text_of(value(result, row, column));
}
int PQgetlength(const PGresult* result, int row, int column) {
  return static_cast<int>(std::string(PQgetvalue(result, row, column)).size());
}
int PQgetisnull(const PGresult* result, int row, int column) {
  return value(result, row, column) == pghaul::scripted::kNull ? 1 : 0;
}
char* PQcmdTuples(PGresult* result) {
  return text_of(result->answer.affected);
}
void PQclear(PGresult* result) {
  if (result == nullptr) return;
  --libpq().living_results;
  delete result;
}
}
