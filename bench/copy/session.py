"""One psql that stays: statements share its session and transaction."""

import os
import subprocess


class Session:
    DONE = "-- done --"

    def __init__(self, server, database):
        # Parallel workers save time, not work; and the work is what is asked for here.
        settings = "-c max_parallel_maintenance_workers=0 -c max_parallel_workers_per_gather=0"
        self.psql = subprocess.Popen(
            [server.bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", server.conninfo(database)],
            env=os.environ | {"PGOPTIONS": settings}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, sql):
        self.psql.stdin.write(f"{sql}\n\\echo {self.DONE}\n")
        self.psql.stdin.flush()
        for line in self.psql.stdout:
            if line.rstrip("\n") == self.DONE:
                return
        raise RuntimeError(f"the server refused a statement of {sql[:200]}")

    def close(self):
        self.psql.stdin.close()
        self.psql.stdout.read()
        self.psql.wait()
