#!/usr/bin/env python3
"""Copies a database by the library, without the command: copy.py SOURCE TARGET"""

import ctypes
import json
import sys

library = ctypes.CDLL("libpghaul.so.0")
on_event_type = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)
error_out = ctypes.POINTER(ctypes.c_void_p)
for name, result, arguments in [
    ("pghaul_job_new", ctypes.c_void_p, []),
    ("pghaul_job_free", None, [ctypes.c_void_p]),
    ("pghaul_job_set", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, error_out]),
    ("pghaul_job_on_event", None, [ctypes.c_void_p, on_event_type, ctypes.c_void_p]),
    ("pghaul_job_copy", ctypes.c_int, [ctypes.c_void_p, error_out]),
    ("pghaul_job_report", ctypes.c_char_p, [ctypes.c_void_p]),
    ("pghaul_error_message", ctypes.c_char_p, [ctypes.c_void_p]),
    ("pghaul_error_hint", ctypes.c_char_p, [ctypes.c_void_p]),
    ("pghaul_error_free", None, [ctypes.c_void_p]),
    ("pghaul_code_name", ctypes.c_char_p, [ctypes.c_int]),
]:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments


class CopyFailed(Exception):
    pass


def check(call, *arguments):
    """Calls a function that takes an error to fill last."""
    error = ctypes.c_void_p()
    code = call(*arguments, ctypes.byref(error))
    if code == 0:
        return
    message = library.pghaul_error_message(error).decode()
    hint = library.pghaul_error_hint(error).decode()
    library.pghaul_error_free(error)
    raise CopyFailed(f"{library.pghaul_code_name(code).decode()}: {message}" + (f" ({hint})" if hint else ""))


def show(text, _context):
    event = json.loads(text)
    if event["event"] == "phase":
        print(f'{event["elapsed"]:8.1f} s  {event["phase"]} {event["state"]}', file=sys.stderr)


def copy(source, target):
    job = library.pghaul_job_new()
    listener = on_event_type(show)  # has to live as long as the job may call it
    try:
        library.pghaul_job_on_event(job, listener, None)
        check(library.pghaul_job_set, job, b"source", source.encode())
        check(library.pghaul_job_set, job, b"target", target.encode())
        check(library.pghaul_job_copy, job)
        return json.loads(library.pghaul_job_report(job))
    finally:
        library.pghaul_job_free(job)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        report = copy(*sys.argv[1:])
    except CopyFailed as failed:
        sys.exit(str(failed))
    print(f'{report["status"]}: {len(report["tables"])} tables in {report["downtime"]["seconds"]:.1f} s')
