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
  PGHAUL_EXIT_UNREACHABLE = 4,  /* a server could not be reached or refused us; nothing was touched */
  PGHAUL_EXIT_STOPPED = 5,      /* stopped half-way: the option `resume` goes on */
  PGHAUL_EXIT_DIFFERENT = 6,    /* source and target differ */
  PGHAUL_EXIT_GIVEN_UP = 7,     /* a switchover was given up; the source is open */
  PGHAUL_EXIT_WINDOW = 8,       /* an estimate whose `window` a copy does not fit into, or not for certain */
  PGHAUL_EXIT_PARTIAL = 9,      /* of the command, by --strict: done, but something was left out */
  PGHAUL_EXIT_INTERRUPTED = 130 /* by pghaul_job_stop() */
} pghaul_exit;

/** The library's version, such as "0.1.0". Static. */
PGHAUL_API const char* pghaul_version(void);

/** A new job without options; NULL when memory is short. Free it: pghaul_job_free(). */
PGHAUL_API pghaul_job* pghaul_job_new(void);
PGHAUL_API void pghaul_job_free(pghaul_job* job);

/**
 * Sets one option, named as the long option of the command without its dashes. Set again, it replaces what it
 * was; where "each call adds one", it adds. An option that takes no value there takes "true" or "false" here.
 *
 * -- Written by tools/update-docs from engine/discovery/option_table.cpp: change it there. --
 * source              the database to read, as libpq takes it, or archive:DIR
 * target              the database to fill or to compare with, as libpq takes it, or archive:DIR
 * source-via          reach the source through a remote pghaul, compressed, as by 'ssh db1 pghaul'. /bin/sh runs
 *                     it. All that the server sends and is sent crosses its standard input and output, and the
 *                     connection string means what it means there (docs/link.md)
 * target-via          reach the target through a remote pghaul; verification runs remotely
 * source-password     the password for the source, where its connection string gives none. Reports don't show it,
 *                     and journals don't keep it
 * target-password     the same for the target
 * role                work as this role on both servers (SET ROLE), whichever role connects. Every session begins
 *                     with it, those of pg_dump and pg_restore, too
 * source-role         the same on the source alone
 * target-role         the same on the target alone
 * schema              only schemas that match. Each call adds one. A pattern is as pg_dump takes it
 * exclude-schema      no schemas that match. Each call adds one
 * table               only tables that match. Each call adds one
 * exclude-table       no tables that match. Each call adds one
 * extension           only extensions that match; these also with -n or -t. Each call adds one
 * exclude-extension   no extensions that match. Each call adds one
 * schema-only         only definitions: no rows, values of sequences and large objects
 * data-only           only rows, values of sequences and large objects, into empty tables that the target has
 * section             only this section of pg_dump: data is --data-only; pre-data and post-data go together, as
 *                     --schema-only. Takes pre-data, data or post-data. Each call adds one
 * exclude-table-data  no rows of tables that match, only their definitions. Each call adds one
 * where               of tables that match only the rows that a condition of SQL is true for. Each call adds one.
 *                     TABLE is a pattern. The condition is the source's, in its snapshot, without a search_path
 * large-objects       include large objects also with -n or -t
 * no-large-objects    exclude large objects
 * skip-unreadable     skip what can't be read or carried, and name it in the report, instead of refusing the copy
 * skip-failing        skip what the target can't be given, such as a superuser's objects, and what needs it; name
 *                     it in the report
 * roles               make the roles that the copied objects need and the target lacks, with memberships, settings
 *                     and, as a superuser of the source, passwords
 * no-owner            do not restore owners: everything belongs to the role that connects to the target
 * no-acl              do not restore privileges (GRANT, REVOKE)
 * no-comments         do not restore comments
 * no-event-triggers   do not restore event triggers
 * no-publications     do not restore publications
 * no-security-labels  do not restore security labels
 * no-subscriptions    do not restore subscriptions
 * no-tablespaces      restore everything into the target database's own tablespace
 * map-tablespace      restore what is in the source's tablespace OLD into the target's NEW; OLD= into the target
 *                     database's own. Takes OLD=NEW. Each call adds one
 * jobs                number of workers (default: number of cores, 2 to 8; more if workers would mostly wait on
 *                     I/O). Takes a number of workers from 1 to 256, or 0 to have it chosen
 * confirm             confirm that the existing contents of database NAME may be dropped (default: ask on a
 *                     terminal, refuse elsewhere)
 * confirm-larger      confirm that also a target may be dropped that is much larger than the source, or in use
 * try-schema          restore the schema into a scratch database on the target's server, which is dropped again,
 *                     and name every object that can't be made
 * all-databases       copy every database of the source's server, with its roles; those that the target lacks are
 *                     created (docs/whole-server.md)
 * create              create the target database if there is none, with the source's encoding and locale
 * maintenance-db      the database to connect to for --create and --all-databases (default: postgres, or else
 *                     template1)
 * resume              resume the copy whose journal the target holds
 * new-snapshot        with --resume: if the source has been written to since, copy everything again
 * stall-after         give up a connection on which nothing has moved for this long, and retry (default: 120).
 *                     Takes a number of seconds, from 1 to a week
 * retry-for           how long to wait for an unavailable server or a conflicting lock; for a lock at least as long
 *                     as --stall-after (default: 300). Takes a number of seconds, from 0 to a week
 * verify              how the copy is compared with the source: none, counts or checksums (default: checksums)
 * live                compare every row while a live copy goes on and the application writes: both at the same
 *                     moment
 * rows                name the rows in which tables differ, with both values: N of each table (--rows=N), or 10
 *                     (--rows). Takes a number from 1 to 100000
 * rows-file           write all rows in which tables differ to FILE, one JSON object a line
 * plan                say how many rows of each table would be written, and write nothing
 * keep-record         keep a record of the copy in the target, by which a later sync asks both servers what has
 *                     changed since, instead of comparing all rows
 * source-only-restarted believe the record of the copy although the source's server was restarted since: none of its
 *                     files were restored from a backup
 * indexes             check the target's btree indexes with the extension amcheck for missing rows and entries out
 *                     of order; where it is not installed, it is created in a transaction that is rolled back
 * analyze             run ANALYZE on all tables instead of carrying the source's planner statistics over (to
 *                     PostgreSQL 18 or later)
 * open-after          let the application write once data, keys, indexes or constraints are complete, and finish
 *                     the rest meanwhile (default: verified, the end). Takes verified, constraints, indexes, keys
 *                     or data
 * follow              let the application write on: copy, then apply its changes until stopped (docs/follow.md)
 * prepare-standby     with --follow: TARGET is a physical standby of SOURCE whose replay is paused; make
 *                     publication and slot, and say at which LSN it has to end its recovery, to be followed into.
 *                     Ends then, with the report's `standby`. Go on with filled-at once TARGET is a server of its
 *                     own, upgraded by pg_upgrade or not (docs/follow.md)
 * filled-at           with --follow: TARGET was a standby of SOURCE that has ended its recovery at this LSN of
 *                     --prepare-standby: copy nothing, follow from there
 * slot-limit          with --follow: give the live copy up before its replication slot keeps more WAL than this on
 *                     the source (default: no limit). Takes a size such as 500MB, 20GB or 1TB, from 1MB on
 * round-every         with --follow: how often rows that were changed since are compared with the source (default:
 *                     5m). Takes a time such as 90s, 20m or 1h30m, at most 24h
 * source-lost         give a live copy up although its source is gone for good: nothing is removed there
 * rehearse            do everything in a database created for this on the target's server, then drop it
 * discard             read the source and keep nothing; needs no target
 * snapshot            read the source in a snapshot that another session has exported and keeps
 * compress            compression of an archive or a link: auto, none, or a level of zstd from 1 to 19 (default:
 *                     auto, adapted while running)
 * toast-compression   compression of large values on the target, where a column does not set it: pglz or lz4, which
 *                     is faster (default: the target's setting). lz4 needs a target of PostgreSQL 14 or later
 * at-most             how long writers may wait until it is given up (default: 2s). Takes a time such as 2s or
 *                     0.5s, at most 10m
 * attempts            how often to try; between two attempts, writers go on (default: 5). Takes a number from 1 to
 *                     1000
 * wait-ready          how long to wait until the target is close behind and no old transaction is in the way
 *                     (default: 1m). Takes a time such as 90s, 20m or 1h30m, at most 24h
 * end-blockers        end the sessions that stood in the way of an attempt, before the next one
 * end-sessions        end all sessions of clients on the server that was closed, after --on-open, so that they
 *                     connect again
 * no-way-back         do not prepare for the old server to follow the new one
 * back                move the application back to SOURCE, which has followed TARGET since the last switchover
 * open-old            let the server that was closed take writes again, which nobody carries to the other one
 * prove-first         compare every row before the decision, as verify --live does; the comparison after it is made
 *                     in any case
 * on-hold             run this when writers are about to wait, such as a pooler's PAUSE; if it fails, it is given
 *                     up
 * on-open             run this when writers may go on, with PGHAUL_STATE=switched; or with given_up after --on-hold
 * window              the longest acceptable downtime, such as 20m: does a copy fit? Takes a time such as 90s, 20m
 *                     or 1h30m
 * sync                predict a sync, too: TARGET holds an older copy, and samples of both say what has changed
 *                     since
 * grow                estimate as if the database had grown by this much, such as 30%. Takes a percentage such as
 *                     30%, more than -100% and at most 100000%
 * budget              how long the estimate may spend measuring (default: 30s). Takes a time such as 90s, 20m or
 *                     1h30m, at most 1h
 * compare-jobs        one more number of workers to estimate with. Takes a number of workers from 1 to 256. Each
 *                     call adds one
 * past                an earlier copy with its forecast, to calibrate by. Takes a JSON object with
 *                     predicted_seconds and seconds. Each call adds one. Its source and target are descriptions, as
 *                     in reports. A line of the command's history will do
 *
 * Which verbs an option is meant for; it has no meaning for the others:
 *
 * option             copy  verify  sync  plan  estimate  abandon  status  switchover  finish
 * source               x      x      x     x       x        x        -         x         x
 * target               x      x      x     x       x        x        x         x         x
 * source-via           x      x      x     x       x        x        -         x         x
 * target-via           x      x      x     x       x        x        x         x         x
 * source-password      x      x      x     x       x        x        -         x         x
 * target-password      x      x      x     x       x        x        x         x         x
 * role                 x      x      x     x       x        x        x         x         x
 * source-role          x      x      x     x       x        x        -         x         x
 * target-role          x      x      x     x       x        x        x         x         x
 * schema               x      x      x     x       x        -        -         x         -
 * exclude-schema       x      x      x     x       x        -        -         x         -
 * table                x      x      x     x       x        -        -         x         -
 * exclude-table        x      x      x     x       x        -        -         x         -
 * extension            x      x      x     x       x        -        -         x         -
 * exclude-extension    x      x      x     x       x        -        -         x         -
 * schema-only          x      x      -     x       -        -        -         -         -
 * data-only            x      x      -     x       -        -        -         -         -
 * section              x      x      -     x       -        -        -         -         -
 * exclude-table-data   x      x      x     x       x        -        -         -         -
 * where                x      x      -     x       -        -        -         -         -
 * large-objects        x      x      x     x       x        -        -         -         -
 * no-large-objects     x      x      x     x       x        -        -         -         -
 * skip-unreadable      x      x      x     x       x        -        -         x         -
 * skip-failing         x      x      -     x       -        -        -         -         -
 * roles                x      -      -     x       -        -        -         -         -
 * no-owner             x      x      x     x       x        -        -         -         -
 * no-acl               x      x      x     x       x        -        -         -         -
 * no-comments          x      x      x     x       x        -        -         -         -
 * no-event-triggers    x      x      x     x       x        -        -         -         -
 * no-publications      x      x      x     x       x        -        -         -         -
 * no-security-labels   x      x      x     x       x        -        -         -         -
 * no-subscriptions     x      x      x     x       x        -        -         -         -
 * no-tablespaces       x      x      x     x       x        -        -         -         -
 * map-tablespace       x      x      -     x       -        -        -         -         -
 * jobs                 x      x      x     x       x        -        -         x         -
 * confirm              x      -      x     x       -        -        -         x         -
 * confirm-larger       x      -      -     x       -        -        -         -         -
 * try-schema           -      -      -     x       -        -        -         -         -
 * all-databases        x      x      -     x       -        -        -         -         -
 * create               x      -      -     -       -        -        -         -         -
 * maintenance-db       x      x      -     x       -        -        -         -         -
 * resume               x      -      x     -       -        -        -         x         -
 * new-snapshot         x      -      -     -       -        -        -         -         -
 * stall-after          x      -      -     -       -        -        -         -         -
 * retry-for            x      -      x     -       -        -        -         -         -
 * verify               x      x      x     x       x        -        -         x         -
 * live                 -      x      -     -       -        -        -         -         -
 * rows                 -      x      -     -       -        -        -         -         -
 * rows-file            -      x      -     -       -        -        -         -         -
 * plan                 -      -      x     -       -        -        -         -         -
 * keep-record          x      -      x     -       -        -        -         -         -
 * source-only-restarted   -      -      x     -       -        -        -         -         -
 * indexes              -      x      -     -       -        -        -         -         -
 * analyze              x      -      -     x       x        -        -         -         -
 * open-after           x      -      -     -       x        -        -         -         -
 * follow               x      -      -     x       x        -        -         -         -
 * prepare-standby      x      -      -     -       -        -        -         -         -
 * filled-at            x      -      -     -       -        -        -         -         -
 * slot-limit           x      -      -     -       x        -        -         -         -
 * round-every          x      -      -     -       -        -        -         -         -
 * source-lost          -      -      -     -       -        x        -         -         -
 * rehearse             x      -      -     -       -        -        -         x         -
 * discard              x      -      -     -       -        -        -         -         -
 * snapshot             x      x      -     -       -        -        -         -         -
 * compress             x      -      -     -       x        -        -         -         -
 * toast-compression    x      -      -     -       -        -        -         -         -
 * at-most              -      -      -     -       -        -        -         x         -
 * attempts             -      -      -     -       -        -        -         x         -
 * wait-ready           -      -      -     -       -        -        -         x         -
 * end-blockers         -      -      -     -       -        -        -         x         -
 * end-sessions         -      -      -     -       -        -        -         x         -
 * no-way-back          -      -      -     -       -        -        -         x         -
 * back                 -      -      -     -       -        -        -         x         -
 * open-old             -      -      -     -       -        -        -         -         x
 * prove-first          -      -      -     -       -        -        -         x         -
 * on-hold              -      -      -     -       -        -        -         x         -
 * on-open              -      -      -     -       -        -        -         x         -
 * window               -      -      -     -       x        -        -         -         -
 * sync                 -      -      -     -       x        -        -         -         -
 * grow                 -      -      -     -       x        -        -         -         -
 * budget               -      -      -     -       x        -        -         -         -
 * compare-jobs         -      -      -     -       x        -        -         -         -
 * past                 x      -      -     x       x        -        -         -         -
 * -- Up to here. --
 *
 * Errors     PGHAUL_USAGE: no such option, or not a value for it.
 */
PGHAUL_API pghaul_code pghaul_job_set(pghaul_job* job, const char* option, const char* value,
                                      pghaul_error** error);

/**
 * The options that pghaul_job_set() takes, as JSON: an array with an object for each, in the order of the command's
 * help. Static; "[]" when memory is short. Members:
 *
 * name         as pghaul_job_set() takes it
 * kind         of the value: flag, text, pattern, count, seconds, duration, percentage, compression, choice, json;
 *              others may be added
 * expects      what the value has to be, in words that go on from "takes"; empty: any text is taken
 * choices      all values there are; empty where they cannot be listed
 * adds         true: each call adds a value
 * automatic    the value that has pghaul choose; empty: there is none
 * verbs        that the option is meant for
 * spellings    on the command line, such as ["-j", "--jobs"]; empty where the command spells it another way
 * placeholder  for the value, in help, such as "N"; empty: it takes none there
 * bare         the value where it is spelled without one there; empty: it needs one
 * group        the heading that it stands below in help
 * text         one line of help
 * default      in words; empty where that is plain
 * wordings     by verb, what is worded differently for it: an object with text, and choices where they differ
 */
PGHAUL_API const char* pghaul_options(void);

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

/**
 * Makes `target`, which holds an older copy of the same definitions, equal to `source`: writes only rows that
 * differ, and compares what it has written. The target's name has to be set as `confirm`. Each table changes in one
 * transaction; what is equal already is not written again. Otherwise as copy.
 *
 * Errors     PGHAUL_REFUSED: definitions differ; the report's `findings` has them all.
 */
PGHAUL_API pghaul_code pghaul_job_sync(pghaul_job* job, pghaul_error** error);

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

/** Gives an unfinished copy up: drops its journal from `target`; the report says what is left there. Of a live
 *  copy also what it keeps on `source`, which must then be set; `target` may be out of reach. */
PGHAUL_API pghaul_code pghaul_job_abandon(pghaul_job* job, pghaul_error** error);

/**
 * Tells how the live copy into `target` stands, from what the job that makes it writes there: the report's `live`
 * (docs/follow.md). Touches nothing.
 *
 * Errors     PGHAUL_REFUSED: no live copy is made into it.
 */
PGHAUL_API pghaul_code pghaul_job_status(pghaul_job* job, pghaul_error** error);

/**
 * Closes `source`, which a live copy into `target` follows, to writers, once `target` has all that was written
 * there: the application goes on with `target`. One commit on the source decides; if the job is interrupted after
 * it, the same job completes what is left (docs/switchover.md). `confirm` is the target database's name.
 *
 * Errors     PGHAUL_REFUSED: it did not begin, or was given up before the decision, with the exit status
 *            PGHAUL_EXIT_GIVEN_UP: the source is as open as it was; PGHAUL_MISMATCH: the comparison after it
 *            found a difference.
 */
PGHAUL_API pghaul_code pghaul_job_switchover(pghaul_job* job, pghaul_error** error);

/**
 * Ends a live copy after its switchover: gives the way back up, and removes everything of pghaul's from `source`
 * and `target`. On the one that is closed, new sessions can only read from then on, unless they ask otherwise;
 * with `open-old`, it takes writes again. No other pghaul may work in `target`.
 *
 * Errors     PGHAUL_REFUSED: no switchover has moved the application.
 */
PGHAUL_API pghaul_code pghaul_job_finish(pghaul_job* job, pghaul_error** error);

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
