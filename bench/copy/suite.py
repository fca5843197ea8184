"""Every workload against every peer, in rotated order."""

import json
import os
import pathlib
import shutil
import tempfile

import meter
import peers
from copies import Copies
from floor import Floor
from server import Server
from waits import Watch
from workload import Workload

# As a managed server of this size would be set, except that autovacuum, which comes when it likes, is off, and that
# pg_dump and its like may lock 10,000 tables. Both servers and all peers have the same.
SETTINGS = {
    "fsync": "on", "shared_buffers": "512MB", "max_wal_size": "8GB", "min_wal_size": "4GB", "checkpoint_timeout": "30min",
    "maintenance_work_mem": "256MB", "autovacuum": "off", "max_locks_per_transaction": "1024",
}


class Suite:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.servers or tempfile.mkdtemp(prefix="pghaul-bench-"))
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        keep = bool(options.servers)
        settings = SETTINGS | dict(pair.split("=", 1) for pair in options.set)
        self.source = Server(self.folder / "source", settings, keep)
        self.target = Server(self.folder / "target", settings, keep)
        self.source.over_tcp = self.target.over_tcp = options.tcp
        self.copies = Copies(self.target)
        self.programs = peers.programs(options.pghaul, self.source.bin)
        self.peers = self._chosen_peers()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="work-", dir=self.folder))
        self.work.chmod(0o755)

    def _chosen_peers(self):
        known = {peer.name: peer for peer in peers.ALL}
        if unknown := [name for name in self.options.peers if name not in known]:
            raise SystemExit(f"no peer {', '.join(unknown)}: there are {', '.join(known)}")
        wanted = [known[name] for name in self.options.peers] or peers.ALL
        for peer in wanted:
            if peer.program not in self.programs:
                say(f"left out, because {peer.program} is not installed: {peer.name}")
        return [peer for peer in wanted if peer.program in self.programs]

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)
        if not self.options.servers:
            self.source.stop()
            self.target.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, spec):
        """One workload's result, as it goes into the JSON."""
        workload = Workload(spec, self.options.scale)
        say(f"{workload.title}: loading")
        workload.load(self.source)
        say(f"{workload.title}: {workload.bytes / 1e6:,.0f} MB, {workload.tables:,} tables, {workload.rows:,} rows")
        floor = Floor(self.source, self.target, workload, self.work) if self.options.floor else None
        results = {peer.name: [] for peer in self.peers}
        floors = []
        if self.peers and self.options.runs > 0:
            self._run_peer(self.peers[0], workload)  # not counted: it fills caches and makes WAL files to recycle
        for number in range(self.options.runs):
            for peer in rotated(self.peers, number):
                results[peer.name].append(self._run_peer(peer, workload))
            if floor:
                floors.append(self._run_floor(floor, workload))
        result = {"name": workload.name, "variables": workload.variables, "title": workload.title, "bytes": workload.bytes,
                  "tables": workload.tables, "rows": workload.rows,
                  "peers": [{"name": peer.name, "about": peer.about, "command": peer.command, "runs": results[peer.name]}
                            for peer in self.peers]}
        if floor:
            result |= {"streamed_bytes": floor.streamed_bytes, "floor": floors}
            floor.remove()
        return result

    def _prepare(self, workload):
        """The name of the database to copy into."""
        database = self.copies.make(workload.bytes)
        for server in (self.source, self.target):
            server.query("CHECKPOINT")
            if self.options.cold:
                server.forget_caches()
        return database

    def _run_peer(self, peer, workload):
        database = self._prepare(workload)
        work = pathlib.Path(tempfile.mkdtemp(dir=self.work))
        watch = Watch(self.source, self.target) if self.options.waits else None
        run = meter.run(peer.command, self._environment(workload, database, work), self.source, self.target, work / "log",
                        self.options.limit)
        if watch:
            watch.stop()
        run["problems"] = problems(run, work / "log")
        run["differences"] = [] if run["problems"] else workload.difference(self.target, database)
        report = work / "report.json"
        if report.exists():
            run["report"] = of_interest(json.loads(report.read_text()))
        say(f"  {peer.name}: {run['seconds']:.2f} s" + "".join(f"\n    {what}" for what in (run["problems"] + run["differences"])[:6]))
        if watch:
            say(watch.report())
        shutil.rmtree(work)
        return run

    def _environment(self, workload, database, work):
        jobs = self.options.jobs
        programs = {name.upper(): path for name, path in self.programs.items()}
        return os.environ | programs | {
            "PATH": f"{self.source.bin}:{os.environ['PATH']}",
            "SOURCE": self.source.conninfo(workload.database), "TARGET": self.target.conninfo(database),
            "WORK": str(work), "XDG_DATA_HOME": str(work), "XDG_RUNTIME_DIR": str(work),
            "JOBS": str(jobs or len(os.sched_getaffinity(0))), "PGHAUL_JOBS": f"--jobs={jobs}" if jobs else "",
        }

    def _run_floor(self, floor, workload):
        steps = floor.run(self._prepare(workload))
        say(f"  floor: {sum(step['cpu_seconds'] for step in steps):.2f} core-seconds")
        return steps


def rotated(items, by):
    by %= max(1, len(items))
    return items[by:] + items[:by]


def problems(run, log):
    if run["exit_status"] == 0:
        return []
    return [f"exit status {run['exit_status']}"] + log.read_text(errors="replace").splitlines()[-5:]


def of_interest(report):
    """Of pghaul's report what a benchmark wants to keep: neither every table nor every digest."""
    kept = {key: report[key] for key in ("status", "phases", "resources", "verification") if key in report}
    kept["streamed_bytes"] = (sum(table.get("bytes", 0) for table in report.get("tables", [])) +
                              report.get("large_objects", {}).get("bytes", 0))
    return kept


def say(line):
    print(line, flush=True)
