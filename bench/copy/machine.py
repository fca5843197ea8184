"""What a result has to say about where it was measured."""

import os
import pathlib
import platform
import re
import subprocess

SETTINGS = ["fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size", "min_wal_size",
            "maintenance_work_mem", "max_parallel_maintenance_workers", "max_worker_processes", "autovacuum",
            "max_locks_per_transaction", "data_checksums", "default_toast_compression"]


def machine(folder):
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    filesystem = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", folder], stdout=subprocess.PIPE, text=True, check=True)
    return {"processor": model[1] if model else platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "kernel": platform.release(),
            "filesystem": filesystem.stdout.strip()}


def lines(measured):
    """What a result's page begins with, below its title."""
    spec = measured["machine"]
    return [f"- Machine: {spec['processor']}, {spec['cores']} cores, {spec['memory_bytes'] / 1e9:.0f} GB, Linux "
            f"{spec['kernel']}, {spec['filesystem']}",
            f"- Load average before: {measured['load_average'][0]:.1f}",
            *(f"- {name}: {version}" for name, version in measured["versions"].items())]


def settings(server):
    return {name: server.value(f"SHOW {name}") for name in SETTINGS}


def checkout(root):
    """The commit that was measured, '+' behind it when files differ from it."""
    git = lambda *arguments: subprocess.run(["git", "-C", root, *arguments], stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL, text=True)
    commit = git("rev-parse", "--short", "HEAD")
    if commit.returncode != 0:
        return "unknown"
    return commit.stdout.strip() + ("+" if git("status", "--porcelain", "--untracked-files=no").stdout else "")
