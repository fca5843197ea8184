"""Clients that write through a pooler without an end, and know which of their writes were acknowledged."""

import subprocess
import threading
import time

DONE = "-- done --"


class Writers:
    def __init__(self, connection, run, options):
        self.all = [Writer(connection, run, number, options) for number in range(options.clients)]
        for one in self.all:
            one.start()

    def stop(self):
        for one in self.all:
            one.stopped.set()
        for one in self.all:
            one.join()

    def wait_until_all_write(self, seconds=60):
        """Returns once each client's next write has been acknowledged."""
        before = [len(one.acknowledged) for one in self.all]
        end = time.monotonic() + seconds
        while any(len(one.acknowledged) < count + 1 for one, count in zip(self.all, before)):
            if time.monotonic() > end:
                raise SystemExit(f"not all clients write: {self.errors()[-3:]}")
            time.sleep(0.05)

    def longest_waits(self, began, ended):
        """Each client's longest wait for an acknowledgement that overlaps these moments, its retries included."""
        return sorted(max((end - begin for begin, end in one.waits if end > began and begin < ended), default=0)
                      for one in self.all)

    def errors(self, began=0, ended=float("inf")):
        return [text for one in self.all for moment, text in one.errors if began <= moment <= ended]


class Writer(threading.Thread):
    """Inserts one number after another, and counts in a row of one of the other tables, in one statement."""

    def __init__(self, connection, run, client, options):
        super().__init__(daemon=True)
        self.connection, self.run_number, self.client, self.options = connection, run, client, options
        self.pace = options.clients / options.rate
        self.stopped = threading.Event()
        self.acknowledged, self.waits, self.errors = [], [], []
        self.psql = None

    def run(self):
        number = 0
        while not self.stopped.wait(self.pace):
            began = time.monotonic()
            while True:
                number += 1
                failure = self.insert(number)
                if not failure:
                    break
                self.errors.append((time.monotonic(), failure))
                if self.stopped.wait(0.1):  # what it waited for never came
                    return self.close()
            self.acknowledged.append(number)
            self.waits.append((began, time.monotonic()))
            if number % self.options.reconnect == 0:
                self.close()
        self.close()

    def insert(self, number):
        """Returns why that was not acknowledged; nothing: it was."""
        table = (self.client * 7919 + number) % self.options.tables + 1
        statement = (f"WITH counted AS (UPDATE t{table} SET n = n + 1 WHERE id = 1) INSERT INTO visits VALUES"
                     f" ({self.run_number}, {self.client}, {number}) RETURNING number;\n\\echo {DONE}\n")
        if not self.psql:
            self.psql = subprocess.Popen(["psql", "-XqAt", "-d", self.connection], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = []
        try:
            self.psql.stdin.write(statement)
            self.psql.stdin.flush()
            for line in self.psql.stdout:
                if line.rstrip("\n") == DONE:
                    return "" if lines == [str(number)] else " ".join(lines) or "no answer"
                lines.append(line.rstrip("\n"))
        except OSError:
            lines += self.psql.stdout.read().splitlines()
        self.close()
        return " ".join(lines) or "psql ended"

    def close(self):
        if not self.psql:
            return
        try:
            self.psql.stdin.close()
        except OSError:  # it has ended before
            pass
        self.psql.stdout.close()
        self.psql.wait()
        self.psql = None
