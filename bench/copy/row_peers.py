"""Other programs that compare the rows of two databases, or make those of one the other's, and how long they take."""

import os
import pathlib
import subprocess
import time

PEERS = pathlib.Path(__file__).resolve().parents[2] / "build" / "peers"
PGCOPYDB = PEERS / "pgcopydb" / "pgcopydb"
COMPARATOR = PEERS / "pg_comparator"


def compare_data(source, target, database, folder):
    """Seconds of `pgcopydb compare data`, and what it printed; nothing: bench/fetch-pgcopydb has not brought it."""
    if not PGCOPYDB.exists():
        return None
    return timed([PGCOPYDB, "compare", "data", "--dir", folder / "compare", "--source", source.conninfo(database),
                  "--target", target.conninfo(database)], os.environ)


def pg_comparator(source, target, database, table, key, columns, *options):
    """Seconds of pg_comparator with a table whose key is an integer; nothing: it is not there.

    Its functions are loaded into both databases from where bench/fetch-pg-comparator has put them.
    """
    if not (COMPARATOR / "usr" / "bin" / "pg_comparator").exists():
        return None
    script = next(COMPARATOR.glob("usr/share/postgresql/*/extension/pgcmp--*.sql")).read_text()
    library = next(COMPARATOR.glob("usr/lib/postgresql/*/lib/pgcmp.so"))
    script = "\n".join(line for line in script.splitlines() if not line.startswith("\\"))
    for server in (source, target):
        server.query(script.replace("MODULE_PATHNAME", str(library)), database)
    perl = [str(path) for path in (*COMPARATOR.glob("usr/lib/*/perl5/*"), COMPARATOR / "usr" / "share" / "perl5")]
    url = f"pgsql://postgres:@localhost/{database}/{table}?{key}:{','.join(columns)}"
    ends = [f"--source-{number}=DBI:Pg:dbname={database};host={server.socket};port={server.port}"
            for number, server in ((1, source), (2, target))]
    return timed([COMPARATOR / "usr" / "bin" / "pg_comparator", "--use-key", "--cf=fnv", "--max-ratio=2", "--no-report",
                  *options, *ends, url, url], os.environ | {"PERL5LIB": ":".join(perl)})


def timed(command, environment):
    start = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return {"seconds": round(time.monotonic() - start, 3), "status": done.returncode, "output": done.stdout[-2000:]}
