"""Runs one command between two servers and says what it cost everybody."""

import os
import subprocess
import threading
import time

import processes

WATCHER = "pghaul bench"  # the application_name of sessions that only look on


class Reading:
    """What has been used up so far; subtract two to know what was used between them."""

    def __init__(self, source, target):
        self.source_cpu = source.cpu_seconds()
        self.target_cpu = target.cpu_seconds()
        self.wal = int(target.value("SELECT pg_current_wal_insert_lsn() - '0/0'"))

    def since(self, before):
        return {"source_cpu_seconds": self.source_cpu - before.source_cpu,
                "target_cpu_seconds": self.target_cpu - before.target_cpu,
                "wal_bytes": self.wal - before.wal}


def run(command, environment, source, target, log, limit_seconds):
    """Wall-clock time is the command's; the servers' figures count what they do until its sessions have ended."""
    before = Reading(source, target)
    machine_before, started = processes.machine_cpu_seconds(), time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(["bash", "-c", "set -eo pipefail; " + command], env=environment, stdout=output,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
    alarm = threading.Timer(limit_seconds, processes.kill, (process.pid,))
    alarm.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    machine = processes.machine_cpu_seconds() - machine_before
    for server in (source, target):
        wait_for_sessions_to_end(server)
    used = Reading(source, target).since(before)
    client = usage.ru_utime + usage.ru_stime
    others = machine - client - used["source_cpu_seconds"] - used["target_cpu_seconds"]
    return {
        "exit_status": process.returncode,
        "seconds": wall,
        "client_cpu_seconds": client,
        **used,
        "client_peak_bytes": usage.ru_maxrss * 1024,  # of the largest process, not their sum
        "others_cpu_seconds": max(0.0, others),  # whatever else this machine was doing
    }


def wait_for_sessions_to_end(server):
    count = ("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
             f"AND pid <> pg_backend_pid() AND application_name <> '{WATCHER}'")
    for _ in range(500):
        if server.value(count) == "0":
            return
        time.sleep(0.01)
