/*
 * pghaul: copies a PostgreSQL database to another server, and proves that everything arrived.
 *
 * One job is one run of one verb. Options are set by name, as on the command line. A job reports what happens
 * as JSON events while it runs, and as a JSON report afterwards (docs/events.md, docs/report.md).
 *
 * CONVENTIONS, which hold unless a function says otherwise
 *
 * Ownership  A pghaul_job or pghaul_error belongs to whoever was given it, who frees it: pghaul_job_free(),
 *            pghaul_error_free(). Both take NULL. Arguments stay with the caller; the library copies what it
 *            keeps.
 * Strings    end with a zero byte. What the library returns belongs to it, is never NULL, and lives as long as its
 *            owner: a report until the next verb on its job, an error's texts as long as the error, an event
 *            during the callback.
 * Encoding   Reports and events are UTF-8, with U+FFFD for what a server sent that is not. An error's texts may
 *            quote a server in the encoding of the source database. Options: as libpq and pg_dump take them.
 * Errors     A function that can fail returns a pghaul_code and takes a pghaul_error**. On failure it sets
 *            *error, on success it leaves it alone; `error` may be NULL. No C++ exception gets out.
 * Threads    Different jobs are independent of each other; of one job one thread at a time may be in a call,
 *            except pghaul_job_stop(). There is no global state and nothing to initialize.
 *
 * DUTIES of the program that calls a verb
 *
 * SIGCHLD    Neither ignore it nor wait for children that are not your own (waitpid(-1, ...)): pg_dump and
 *            pg_restore are child processes, and PGHAUL_SYSTEM is all that can be said when somebody else has
 *            taken their exit status.
 * SIGPIPE    Nothing: the library's writes to sockets and pipes raise none. It installs no handler for any
 *            signal. To stop on SIGINT, wait for it in a thread (sigwait()), and call pghaul_job_stop() there.
 * fork()     While a verb runs, a child that does not exec() at once must not use the library. All descriptors
 *            are closed on exec().
 * TMPDIR     names the folder (default: /tmp) for what pg_restore reads from a file and for the sockets of
 *            links: files that only their owner may read, gone when the verb returns.
 * Threads    A verb runs threads of its own: two for each worker, and for each link a few and one for each
 *            connection. They are gone when it returns. Do not cancel the calling thread (pthread_cancel()), and
 *            change no environment variable meanwhile (setenv()).
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

/** The exit statuses of the command, which pghaul_job_exit_status() gives; docs/errors.md says more. Others may
 *  be added. */
typedef enum pghaul_exit {
  PGHAUL_EXIT_DONE = 0,         /* done, and compared as asked */
  PGHAUL_EXIT_USAGE = 2,        /* the command line, or an option, is wrong */
  PGHAUL_EXIT_REFUSED = 3,      /* refused, or failed, before anything was touched */
  PGHAUL_EXIT_UNREACHABLE = 4,  /* a server could not be reached or did not let us in; nothing was touched */
  PGHAUL_EXIT_STOPPED = 5,      /* stopped half-way: the option `resume` goes on */
  PGHAUL_EXIT_DIFFERENT = 6,    /* source and target differ */
  PGHAUL_EXIT_INTERRUPTED = 130 /* by pghaul_job_stop() */
} pghaul_exit;

/** The library's version, such as "0.1.0". Static. */
PGHAUL_API const char* pghaul_version(void);

/** A new job without options; NULL when memory is short. Free it: pghaul_job_free(). */
PGHAUL_API pghaul_job* pghaul_job_new(void);
PGHAUL_API void pghaul_job_free(pghaul_job* job);

/**
 * Sets one option, named as the long option of the command without its dashes. Set again, it replaces what it
 * was; where "each call adds one", it adds.
 *
 * source, target            how to reach them, as libpq takes it; or "archive:FOLDER"
 * source-via, target-via    a command for /bin/sh that runs pghaul near that server, such as "ssh db1 pghaul": all
 *                           that server sends and is sent crosses the command's standard input and output,
 *                           compressed; the connection string means what it means there (docs/link.md)
 * jobs                      number of workers, 1 to 256; "0" (default) chooses
 * schema, exclude-schema, table, exclude-table
 *                           a pattern as pg_dump takes it; each call adds one
 * no-owner, no-acl, no-large-objects
 *                           "true" or "false"
 * large-objects             "true": also where schema or table would leave them behind, as pg_dump has it
 * analyze                   "true": ANALYZE all tables, also those whose planner statistics could be carried
 *                           over from the source, as a target of PostgreSQL 18 or later allows
 * skip-unreadable           "true": leave out, and name in the report, what the role may not read and what
 *                           only the source can hold; otherwise that is refused
 * confirm                   name of the target database: replace what it holds
 * verify                    "none", "counts" or "checksums" (default)
 * indexes                   "true": have the target's extension amcheck look at its btree indexes, too
 * compress                  of an archive that is written, and of links: "auto" (default), "none", or a level of
 *                           zstd, 1 to 19
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
 *                           its task tried again (default 120, at least 1, at most a week)
 * retry-for                 seconds for which an outage of a server is waited for (default 300, at most a week),
 *                           and a lock of others, unless stall-after is longer
 *
 * Of estimate only:
 * budget                    how long it may look and measure, such as "30s" (default) or "1m30s"; at most "1h"
 * window                    how long writes may stand still, such as "20m": does it fit?
 * grow                      as if everything were so much larger: "30%"; more than "-100%", at most "100000%"
 * compare-jobs              a number of workers to estimate with, too, 1 to 256; each call adds one
 * past                      an earlier copy and its forecast: a JSON object with the members
 *                           predicted_seconds, seconds, source and target (description, as in reports);
 *                           each call adds one
 *
 * Which verbs an option is meant for; it has no meaning for the others:
 *
 * option             copy  verify  plan  estimate  abandon
 * source               x      x      x       x        -
 * target               x      x      x       x        x
 * source-via           x      x      x       x        -
 * target-via           x      x      x       x        x
 * schema               x      x      x       x        -
 * exclude-schema       x      x      x       x        -
 * table                x      x      x       x        -
 * exclude-table        x      x      x       x        -
 * large-objects        x      x      x       x        -
 * no-large-objects     x      x      x       x        -
 * skip-unreadable      x      x      x       x        -
 * no-owner             x      x      x       x        -
 * no-acl               x      x      x       x        -
 * jobs                 x      x      x       x        -
 * verify               x      x      x       x        -
 * indexes              -      x      -       -        -
 * analyze              x      -      x       x        -
 * snapshot             x      x      -       -        -
 * confirm              x      -      x       -        -
 * resume               x      -      -       -        -
 * new-snapshot         x      -      -       -        -
 * stall-after          x      -      -       -        -
 * retry-for            x      -      -       -        -
 * open-after           x      -      -       x        -
 * rehearse             x      -      -       -        -
 * discard              x      -      -       -        -
 * compress             x      -      -       x        -
 * toast-compression    x      -      -       -        -
 * window               -      -      -       x        -
 * grow                 -      -      -       x        -
 * budget               -      -      -       x        -
 * compare-jobs         -      -      -       x        -
 * past                 -      -      -       x        -
 *
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
