"""One database to copy: made by a script of bench/workloads, and known again on the other side."""

import pathlib
import re

SCRIPTS = pathlib.Path(__file__).resolve().parents[1] / "workloads"
DEFAULT = ["wide", "narrow", "documents", "many", "many:tables=10000", "shop", "one-big", "wide-index", "blobs"]

# Every table that holds rows of its own, and what else has to arrive.
CONTENTS = r"""
SET max_parallel_workers_per_gather = 2;
SELECT 'indexes', count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE indisvalid AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
UNION ALL SELECT 'constraints', count(*) FROM pg_constraint WHERE convalidated AND connamespace <> 'pg_catalog'::regnamespace
UNION ALL SELECT 'sequences', sum(coalesce(last_value, 0)) FROM pg_sequences
UNION ALL SELECT 'large objects', count(*) FROM pg_largeobject_metadata
UNION ALL SELECT 'large object bytes', sum(length(data)) FROM pg_largeobject;
SELECT format('SELECT %L, count(*) FROM %s', oid::regclass, oid::regclass) FROM pg_class
  WHERE relkind IN ('r', 'm') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND relpersistence = 'p' \gexec
"""


class Workload:
    def __init__(self, spec, scale):
        """`spec` names a script and may set its variables: many:tables=10000."""
        self.name, _, variables = spec.partition(":")
        self.variables = {"scale": str(scale)} | dict(pair.split("=", 1) for pair in variables.split(",") if pair)
        self.title = " ".join([self.name, *variables.replace("=", " ").split(",")]).strip()
        self.script = SCRIPTS / f"{self.name}.sql"
        if not self.script.exists():
            raise SystemExit(f"no workload {self.name}: there are {', '.join(p.stem for p in sorted(SCRIPTS.glob('*.sql')))}")
        self.database = re.sub(r"\W", "_", f"{spec}_{scale}")

    def load(self, server):
        """Makes the database, unless the server was kept with it."""
        if not server.has_database(self.database):
            making = f"{self.database}_in_the_making"  # an interrupted load must not pass for a finished one
            server.query(f"DROP DATABASE IF EXISTS {making}")
            server.query(f"CREATE DATABASE {making}")
            settings = "".join(f"\\set {name} {value}\n" for name, value in self.variables.items())
            server.query(f"{settings}\\i '{self.script}'\n", making)
            server.query("VACUUM (ANALYZE)", making)
            server.query(f"ALTER DATABASE {making} RENAME TO {self.database}; CHECKPOINT")
        self.bytes = int(server.value(f"SELECT pg_database_size('{self.database}')"))
        self.contents = contents(server, self.database)
        not_tables = {"indexes", "constraints", "sequences", "large objects", "large object bytes"}
        self.tables = len(self.contents.keys() - not_tables)
        self.rows = sum(int(count) for what, count in self.contents.items() if what not in not_tables)

    def difference(self, server, database):
        """What the copy lacks or has besides; empty when it holds as much as it should."""
        arrived = contents(server, database)
        return [f"{what}: {self.contents.get(what)} in the source, {arrived.get(what)} in the target"
                for what in sorted(self.contents.keys() | arrived.keys())
                if self.contents.get(what) != arrived.get(what)]


def contents(server, database):
    return dict(server.query(CONTENTS, database))
