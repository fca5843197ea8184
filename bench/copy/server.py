"""One throwaway PostgreSQL server, and what its work has cost so far."""

import os
import pathlib
import subprocess

import processes

THROWAWAY_SERVER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "throwaway-server"


class Server:
    def __init__(self, directory, settings, keep):
        """Starts the server in `directory`, or takes the one that an earlier run kept there, with its settings."""
        self.directory = pathlib.Path(directory)
        if (self.directory / "state").exists():
            self._read(self._call("show"))
            if not self._is_running():
                self.restart()
        else:
            options = [argument for name, value in settings.items() for argument in ("--set", f"{name}={value}")]
            self._read(self._call("start", *options, *([] if keep else ["--owner", str(os.getpid())])))
        self.over_tcp = False

    def _call(self, verb, *arguments):
        done = subprocess.run([THROWAWAY_SERVER, verb, self.directory, *arguments],
                              stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def _read(self, lines):
        shown = dict(line.split("=", 1) for line in lines.splitlines())
        self.port, self.socket, self.bin = shown["port"], shown["socket"], pathlib.Path(shown["bin"])
        self.pid = int(shown["pid"] or 0)

    def _is_running(self):
        return self.pid and os.path.exists(f"/proc/{self.pid}")

    def restart(self):
        self._read(self._call("restart"))

    def stop(self):
        self._call("stop", "--remove")

    def conninfo(self, database):
        host = "127.0.0.1" if self.over_tcp else self.socket
        return f"host={host} port={self.port} user=postgres dbname={database}"

    def query(self, sql, database="postgres"):
        """The rows of the last statement as lists of strings; psql's own commands work, too."""
        done = subprocess.run(
            [self.bin / "psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(database)],
            env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"},
            input=sql, stdout=subprocess.PIPE, text=True, check=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def value(self, sql, database="postgres"):
        return self.query(sql, database)[0][0]

    def has_database(self, name):
        return bool(self.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def cpu_seconds(self):
        """Of the postmaster and all its processes, those that have ended included."""
        return processes.cpu_seconds(self.pid)

    def forget_caches(self):
        """Restarts it with its files out of the page cache. Needs no privilege: what is clean can be dropped by asking."""
        self._call("restart")
        os.sync()
        for folder, _, names in os.walk(self.directory / "data"):
            for name in names:
                descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)
        self._read(self._call("show"))
