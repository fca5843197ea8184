"""Processes as /proc tells of them."""

import os
import pathlib
import signal


def tree(root):
    """`root` and all that descend from it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(entry)):
            children.setdefault(int(stat[1]), []).append(int(entry))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def cpu_seconds(root):
    """Of `root` and all its descendants, those that have ended included."""
    ticks = sum(sum(map(int, stat[11:15]))  # user and system time, and that of ended children
                for stat in map(_stat, tree(root)) if stat)
    return ticks / os.sysconf("SC_CLK_TCK")


def kill(root):
    """`root` and its descendants, also those that have left its process group."""
    for process in tree(root):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def machine_cpu_seconds():
    """Of everything that runs on this machine."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _stat(process):
    """/proc/PID/stat from its third field on (state, parent, …); nothing when the process is gone."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
