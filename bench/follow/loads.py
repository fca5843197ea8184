"""What is written to the source, and followed."""

import dataclasses
import os
import subprocess
import tempfile
from collections.abc import Callable

PGBENCH_SCALE = 10

UPDATE = f"""\\set id random(1, {100_000 * PGBENCH_SCALE})
UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :id;
"""


@dataclasses.dataclass
class Load:
    name: str
    about: str
    changes: int  # of rows, at scale 1
    tables: list[str]
    prepare: Callable  # the tables, before the load: of server and database
    run: Callable      # the load: of server, database and changes


def make_pgbench(server, database, scale=PGBENCH_SCALE):
    pgbench(server, database, "-i", "-q", "-s", str(scale))


def make_narrow(server, database):
    server.query("CREATE TABLE narrow (id int8 PRIMARY KEY, a int4, b int4, at timestamptz)", database)


def run_tpcb(server, database, changes):
    pgbench(server, database, "-n", "-c", "4", "-t", str(changes // 16), "--random-seed=7")


def run_updates(server, database, changes):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(UPDATE)
        script.flush()
        pgbench(server, database, "-n", "-c", "4", "-t", str(changes // 4), "--random-seed=7", "-f", script.name)


def run_inserts(server, database, changes):
    server.query(f"INSERT INTO narrow SELECT i, i % 1000, i % 7, now() FROM generate_series(1, {changes}) AS i", database)


def pgbench(server, database, *arguments):
    subprocess.run([server.bin / "pgbench", *arguments, server.conninfo(database)], check=True,
                   env=os.environ | {"PGOPTIONS": "-c synchronous_commit=off"},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


ALL = [
    Load("tpcb", "pgbench: transactions of three UPDATEs and an INSERT", 400_000,
         ["pgbench_accounts", "pgbench_branches", "pgbench_tellers", "pgbench_history"], make_pgbench, run_tpcb),
    Load("updates", "transactions of one UPDATE by a random key", 200_000, ["pgbench_accounts"], make_pgbench, run_updates),
    Load("inserts", "one transaction that inserts rows of four columns", 2_000_000, ["narrow"], make_narrow, run_inserts),
]
