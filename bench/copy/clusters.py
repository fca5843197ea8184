"""Debian's clusters in a folder of their own, with PgBouncer before them, and an application that pghaulctl moves."""

import os
import pathlib
import re
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "first"
SETTINGS = {"wal_level": "logical", "shared_buffers": "256MB", "max_wal_size": "4GB", "listen_addresses": "",
            "max_locks_per_transaction": "256",  # of all tables and sequences at once, by a switchover
            "jit": "off"}  # what fetch-clusters fetches has no LLVM
RULES = "local all postgres trust\nlocal replication postgres trust\nlocal all all scram-sha-256\n"


def see_versions(majors):
    """Makes versions that tests/support/fetch-clusters has fetched look installed, in this process's mount namespace.

    Returns all that are there.
    """
    done = subprocess.run([ROOT / "tests/support/look-installed", *map(str, majors)], stdout=subprocess.PIPE,
                          text=True, check=True)
    return [int(line) for line in done.stdout.split()]


class Clusters:
    def __init__(self, folder, pghaulctl, version):
        """Makes and starts the first cluster, LAVENDER, of that version."""
        self.folder, self.command, self.version = folder, pghaulctl, version
        self.environment = os.environ | {"PG_CLUSTER_CONF_ROOT": f"{folder}/etc", "PGHAUL_APPS": f"{folder}/apps",
                                         "XDG_STATE_HOME": f"{folder}/state"}
        for name in ("etc", "data", "log", "apps"):
            (folder / name).mkdir()
        subprocess.run(["chown", "-R", "postgres:", folder], check=True)
        settings = [part for name, value in SETTINGS.items() for part in ("-o", f"{name}={value}")]
        self.as_owner("pg_createcluster", str(version), "lavender", "--datadir", f"{folder}/data/{version}/lavender",
                      "--logfile", f"{folder}/log/lavender.log", "--socketdir", str(folder), "--start-conf", "manual",
                      *settings, "-o", f"external_pid_file={folder}/lavender.pid")
        self.write(f"etc/{version}/lavender/pg_hba.conf", RULES)
        self.as_owner("pg_ctlcluster", str(version), "lavender", "start", "--skip-systemctl-redirect")

    def start_pooler(self):
        port = self.port("lavender")
        self.write("pghaul.ini", f"[databases]\nshop = host={self.folder} port={port} dbname=shop user=app"
                                 f" password={PASSWORD}\n")
        self.write("users", '"app" ""\n"postgres" ""\n')
        self.write("pgbouncer.ini", f"""%include {self.folder}/pghaul.ini
[pgbouncer]
listen_port = 6432
unix_socket_dir = {self.folder}
auth_type = trust
auth_file = {self.folder}/users
admin_users = postgres
pool_mode = transaction
max_client_conn = 1000
logfile = {self.folder}/log/pgbouncer.log
pidfile = {self.folder}/pgbouncer.pid
""")
        self.as_owner("pgbouncer", "--daemon", f"{self.folder}/pgbouncer.ini")

    def write_app(self, next_version):
        """The application shop, whose next database, WHITE, is to be of that version."""
        console = f"host={self.folder} port=6432 user=postgres"
        self.write("apps/shop.toml", f"""database  = "shop"
writers   = ["app"]
databases = {{ LAVENDER = "{self.version}/lavender", WHITE = "{next_version}/white" }}
names     = ["pgbouncer:{self.folder}/pghaul.ini#shop via {console}"]
""")

    def stop(self):
        pid = self.folder / "pgbouncer.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), 3)
        for line in self.as_owner("pg_lsclusters", "--no-header").splitlines():
            version, name, _, status, *_ = line.split()
            if status.startswith("online"):
                self.as_owner("pg_ctlcluster", version, name, "stop", "--mode", "immediate", "--skip-systemctl-redirect")

    def port(self, cluster):
        for line in self.as_owner("pg_lsclusters", "--no-header").splitlines():
            _, name, port, *_ = line.split()
            if name == cluster:
                return port
        raise SystemExit(f"there is no cluster {cluster}")

    def query(self, cluster, sql, database="shop"):
        """The rows of the last statement, as lists of strings."""
        done = subprocess.run(["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d",
                               f"host={self.folder} port={self.port(cluster)} user=postgres dbname={database}"],
                              input=sql, stdout=subprocess.PIPE, text=True, check=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    @property
    def pooled(self):
        """The connection string of the application."""
        return f"host={self.folder} port=6432 user=app dbname=shop"

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        subprocess.run(["chown", "postgres:", path], check=True)

    def as_owner(self, *argv):
        done = subprocess.run(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *argv],
                              env=self.environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0 and argv[0] != "pg_lsclusters":  # whose status is that of the clusters
            raise SystemExit(f"{' '.join(argv)}: {done.stdout}")
        return done.stdout

    def pghaulctl(self, *arguments):
        """Runs the command to its end."""
        return Command([self.command, *arguments], self.environment)


class Command:
    """One run of pghaulctl: what it said, how long each of its steps took, and each program that it started."""

    EVERY = 0.02  # seconds between two looks at its children

    def __init__(self, argv, environment):
        self.argv, self.said, self.programs = argv, "", []
        self.began = time.monotonic()
        self._steps = []
        child = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        readers = [threading.Thread(target=self._read_steps, args=[child.stdout]),
                   threading.Thread(target=lambda: setattr(self, "complaint", child.stderr.read().decode()))]
        for reader in readers:
            reader.start()
        while child.poll() is None:
            self._look_at_children(child.pid)
            time.sleep(self.EVERY)
        for reader in readers:
            reader.join()
        self.ended = time.monotonic()
        self.status = child.returncode

    def require(self):
        if self.status != 0:
            raise SystemExit(f"{' '.join(map(str, self.argv))}: status {self.status}\n{self.said}{self.complaint}")
        return self

    @property
    def steps(self):
        """Seconds of each step of a changeover."""
        ends = [began for _, began in self._steps[1:]] + [self.ended]
        return {name: round(end - began, 3) for (name, began), end in zip(self._steps, ends)}

    def seconds_of(self, program):
        """How long the program ran for, all its runs together but for those of --check; nothing: it did not run."""
        runs = [last - first for argv, first, last, _ in self.programs
                if any(part.endswith("/" + program) for part in argv) and "--check" not in argv]
        return round(sum(runs), 2) if runs else None

    def seconds_said(self, pattern):
        """The seconds that it printed where the pattern's group is."""
        found = re.search(pattern, self.said)
        if not found:
            return None
        number, unit = found[1].split()
        return float(number) * {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[unit]

    def _read_steps(self, stream):
        while chunk := os.read(stream.fileno(), 65536):
            now = time.monotonic()
            self.said += chunk.decode()
            found = re.findall(r"^ ?\d+ (\S+(?: \S+)*)  ", self.said, re.M)
            self._steps += [(name, now) for name in found[len(self._steps):]]

    def _look_at_children(self, pid):
        now = time.monotonic()
        for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                for child in children.read_text().split():
                    argv = pathlib.Path(f"/proc/{child}/cmdline").read_text().split("\0")[:-1]
                    self._note(child, argv, now)
            except OSError:  # it has just ended
                continue

    def _note(self, child, argv, now):
        for one in self.programs:
            if one[3:] == [child]:
                one[0], one[2] = argv or one[0], now
                return
        self.programs.append([argv, now, now, child])
