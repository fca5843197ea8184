/*
 * pghaul: copies a PostgreSQL database to another server, and proves that everything arrived.
 *
 * One job is one run of one verb. Options are set by name, as on the command line; what happens is told as
 * JSON events while it runs and as a JSON report afterwards (docs/events.md, docs/report.md).
 */
#ifndef PGHAUL_H
#define PGHAUL_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PGHAUL_API __attribute__((visibility("default")))
#else
#define PGHAUL_API
#endif

typedef struct pghaul_job pghaul_job;
typedef struct pghaul_error pghaul_error;

/** What came of a call. The numbers are frozen; docs/errors.md says what each means and what to do. */
typedef enum pghaul_code {
  PGHAUL_OK = 0,
  PGHAUL_USAGE = 1,
  PGHAUL_REFUSED = 2,
  PGHAUL_CONNECTION_FAILED = 3,
  PGHAUL_CONNECTION_LOST = 4,
  PGHAUL_SERVER_ERROR = 5,
  PGHAUL_PROGRAM_MISSING = 6,
  PGHAUL_PROGRAM_FAILED = 7,
  PGHAUL_MISMATCH = 8,
  PGHAUL_INTERRUPTED = 9,
  PGHAUL_SYSTEM = 10,
  PGHAUL_INTERNAL = 11,
  PGHAUL_SNAPSHOT_LOST = 12
} pghaul_code;

/** The library's version, such as "0.1.0". Static. */
PGHAUL_API const char* pghaul_version(void);

/** A new job without options; NULL when memory is short. Free it: pghaul_job_free(). */
PGHAUL_API pghaul_job* pghaul_job_new(void);
PGHAUL_API void pghaul_job_free(pghaul_job* job);

/**
 * Sets one option, named as the long option of the command without its dashes.
 *
 * source, target            how to reach them, as libpq takes it; or "archive:FOLDER"
 * source-via, target-via    a command for /bin/sh that runs pghaul near that server, such as "ssh db1 pghaul": all
 *                           that server sends and is sent crosses the command's standard input and output,
 *                           compressed; the connection string means what it means there (docs/link.md)
 * jobs                      number of workers; "0" chooses
 * schema, exclude-schema, table, exclude-table
 *                           a pattern as pg_dump takes it; each call adds one
 * no-owner, no-acl, no-large-objects
 *                           "true" or "false"
 * analyze                   "true": ANALYZE all tables, also those whose planner statistics could be carried
 *                           over from the source, as a target of PostgreSQL 18 or later allows
 * skip-unreadable           "true": leave out, and name in the report, what the role may not read and what
 *                           only the source can hold; otherwise that is refused
 * confirm                   name of the target database: replace what it holds
 * verify                    "none", "counts" or "checksums" (default)
 * compress                  of an archive that is written, and of links: "auto" (default), "none", or a level of zstd
 * toast-compression         how the target compresses large values: "pglz" or "lz4", whose target is at least
 *                           PostgreSQL 14 (default: as the target is set)
 * snapshot                  id of a snapshot somebody else exported and keeps
 * open-after                verified (default), constraints, indexes, keys, data: when the application may
 *                           write again; what is left is done beside it
 * rehearse                  "true": copy into a database made for that on the target's server, and drop it
 * discard                   "true": read the source, and keep nothing; needs no target
 * resume                    "true": go on with the copy whose journal the target holds
 * new-snapshot              "true": where a resumed copy can't be gone on with, because the source was
 *                           written to since, copy everything anew
 * stall-after               seconds without a byte or an answer after which a connection is given up and
 *                           its task tried again (default 120)
 * retry-for                 seconds for which an outage of a server is waited for (default 300), and a lock
 *                           of others, unless stall-after is longer
 *
 * Of estimate only:
 * budget                    how long it may look and measure, such as "30s" (default) or "1m30s"
 * window                    how long writes may stand still, such as "20m": does it fit?
 * grow                      as if everything were so much larger: "30%"
 * compare-jobs              a number of workers to estimate with, too; each call adds one
 * past                      an earlier copy and its forecast: a JSON object with the members
 *                           predicted_seconds, seconds, source and target (description, as in reports);
 *                           each call adds one
 *
 * Ownership  the strings stay with the caller. On failure `*error` is set; free it: pghaul_error_free().
 * Errors     PGHAUL_USAGE: no such option, or not a value for it.
 */
PGHAUL_API pghaul_code pghaul_job_set(pghaul_job* job, const char* option, const char* value,
                                      pghaul_error** error);

/**
 * Has `callback` called with each event: one JSON object, valid during the call.
 *
 * Threads    called from the job's own threads, one at a time; it must not call into the same job, except
 *            pghaul_job_stop(), and nothing may be thrown out of it.
 */
typedef void (*pghaul_event_callback)(const char* json, void* context);
PGHAUL_API void pghaul_job_on_event(pghaul_job* job, pghaul_event_callback callback, void* context);

/**
 * Copies what the job asks for; returns when the target holds it, verified as asked, or at the first failure.
 *
 * Ownership  `job` stays with the caller. On failure `*error` is set; free it: pghaul_error_free().
 * Threads    one caller; pghaul_job_stop() may be called from another thread meanwhile.
 * Units      bytes are bytes of COPY data, which is neither the size on disk nor on the wire.
 * Errors     PGHAUL_REFUSED before anything was touched; PGHAUL_MISMATCH names the first difference.
 * Source     COPY BINARY layout: PostgreSQL manual, page COPY, "Binary Format".
 */
PGHAUL_API pghaul_code pghaul_job_copy(pghaul_job* job, pghaul_error** error);

/** Compares two databases, row counts and digests of all tables; touches neither. Otherwise as copy. */
PGHAUL_API pghaul_code pghaul_job_verify(pghaul_job* job, pghaul_error** error);

/** Works out what a copy would do; touches neither server. `target` may be unset. Otherwise as copy. */
PGHAUL_API pghaul_code pghaul_job_plan(pghaul_job* job, pghaul_error** error);

/**
 * Foretells how long a copy would take: the report's `estimate`. Reads a few megabytes of the source; with a
 * `target`, tries them out there in a schema pghaul_scratch, which it drops, also that of an estimate that
 * was killed. Otherwise as copy.
 *
 * Units      seconds.
 */
PGHAUL_API pghaul_code pghaul_job_estimate(pghaul_job* job, pghaul_error** error);

/** Gives an unfinished copy up: drops its journal from `target`; the report says what is left there. */
PGHAUL_API pghaul_code pghaul_job_abandon(pghaul_job* job, pghaul_error** error);

/** Asks the running verb to stop soon; from any thread, but not within a signal handler. Returns at once. The
 *  job stays stopped: what is called on it afterwards gives PGHAUL_INTERRUPTED. */
PGHAUL_API void pghaul_job_stop(pghaul_job* job);

/**
 * The half of a link that source-via and target-via start: serves the other half on `input` and `output`, until
 * `input` ends. For commands that offer it; its protocol is between two of the same version.
 *
 * Threads    the calling one, and others while it runs.
 * Errors     PGHAUL_CONNECTION_LOST: the other half sends what none would.
 */
PGHAUL_API pghaul_code pghaul_serve_link(int input, int output, pghaul_error** error);

/** What the last verb did, as JSON: also after a failure. Lives until the next verb or the job's end. */
PGHAUL_API const char* pghaul_job_report(const pghaul_job* job);

/** The exit status the command gives for what the last verb came to (docs/errors.md). Never 0 before a verb has
 * succeeded. */
PGHAUL_API int pghaul_job_exit_status(const pghaul_job* job);

/** Of what a failed call gave. All take NULL, which such a call gives when memory is short: no code, no text.
 */
PGHAUL_API pghaul_code pghaul_error_code(const pghaul_error* error);
/** What failed, on which object. Lives as long as the error; so do the next three. */
PGHAUL_API const char* pghaul_error_message(const pghaul_error* error);
/** One thing to do about it; may be empty. */
PGHAUL_API const char* pghaul_error_hint(const pghaul_error* error);
/** Five characters when a server refused, otherwise empty. */
PGHAUL_API const char* pghaul_error_sqlstate(const pghaul_error* error);
/** The object that failed, such as "public.orders", when it is one and known, of several the first; otherwise
 *  empty. */
PGHAUL_API const char* pghaul_error_object(const pghaul_error* error);
/** The word that reports have for a code, such as "connection_lost". Static. */
PGHAUL_API const char* pghaul_code_name(pghaul_code code);
PGHAUL_API void pghaul_error_free(pghaul_error* error);

#ifdef __cplusplus
}
#endif

#endif
