"""What the servers' own work costs on this machine: the same work with no client in the way, one step at a time.

Nobody can copy faster than all of this work, spread evenly over all cores.
"""

import pathlib
import shutil
import subprocess
import time

from meter import Reading
from session import Session

TABLES = """
SELECT c.oid::regclass FROM pg_class c
WHERE relkind = 'r' AND relpersistence = 'p'
  AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
ORDER BY pg_relation_size(c.oid) DESC
"""
LARGE_OBJECT_PAGES = "COPY (SELECT loid, pageno, data FROM pg_largeobject) TO '/dev/null' (FORMAT binary);"


class Floor:
    def __init__(self, source, target, workload, folder):
        """Writes the rows to files in `folder`, which the servers can reach, for the target to read."""
        self.source, self.target, self.workload = source, target, workload
        self.folder = pathlib.Path(folder) / "rows"
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.tables = [row[0] for row in source.query("SET search_path = '';" + TABLES, workload.database)]
        self.has_large_objects = workload.contents["large objects"] != "0"
        source.query("".join(f"COPY {table} TO '{self._file(number)}' (FORMAT binary);\n"
                             for number, table in enumerate(self.tables)), workload.database)
        if self.has_large_objects:
            source.query(f"COPY (SELECT oid, lo_get(oid) FROM pg_largeobject_metadata) TO '{self._file('lo')}' (FORMAT binary)",
                         workload.database)
        self.streamed_bytes = sum(file.stat().st_size for file in self.folder.iterdir())

    def _file(self, number):
        return self.folder / f"{number}.copy"

    def remove(self):
        shutil.rmtree(self.folder)

    def run(self, database):
        """Does each step once, into `database`, which is new."""
        steps = []
        reading, ending = Session(self.source, self.workload.database), Session(self.target, database)
        self._dump_schema()
        if self.has_large_objects:
            ending.run(f"CREATE UNLOGGED TABLE floor_stage (id oid, bytes bytea); ALTER TABLE floor_stage ALTER bytes "
                       f"SET STORAGE EXTERNAL; COPY floor_stage FROM '{self._file('lo')}' (FORMAT binary);")
        pages = LARGE_OBJECT_PAGES if self.has_large_objects else ""
        whole = "".join(f"COPY {table} TO '/dev/null' (FORMAT binary);\n" for table in self.tables) + pages
        fill = "".join(f"COPY {table} FROM '{self._file(number)}' (FORMAT binary, FREEZE);\n"
                       for number, table in enumerate(self.tables))
        if self.has_large_objects:
            fill += "SELECT count(lo_from_bytea(id, bytes)) FROM floor_stage;\nDROP TABLE floor_stage;"

        self._measure(steps, "dump the schema", self._dump_schema)
        self._measure(steps, "read rows", lambda: reading.run(whole))
        self._measure(steps, "make tables", lambda: ending.run(f"BEGIN; \\i '{self._schema('pre-data')}'"))
        self._measure(steps, "write rows", lambda: ending.run(fill + "COMMIT;"))
        self._measure(steps, "indexes and constraints", lambda: ending.run(f"\\i '{self._schema('post-data')}'"))
        self._measure(steps, "analyze", lambda: ending.run("ANALYZE;"))
        self._measure(steps, "read back", lambda: ending.run(whole))
        reading.close()
        ending.close()
        return steps

    def _measure(self, steps, name, work):
        before, started = Reading(self.source, self.target), time.monotonic()
        work()
        wall = time.monotonic() - started
        used = Reading(self.source, self.target).since(before)
        steps.append({"step": name, "seconds": wall, "wal_bytes": used["wal_bytes"],
                      "cpu_seconds": used["source_cpu_seconds"] + used["target_cpu_seconds"]})

    def _schema(self, section):
        return self.folder.parent / f"{section}.sql"

    def _dump_schema(self):
        for section in ("pre-data", "post-data"):
            subprocess.run([self.source.bin / "pg_dump", "-d", self.source.conninfo(self.workload.database),
                            f"--section={section}", "-f", self._schema(section)], check=True)
