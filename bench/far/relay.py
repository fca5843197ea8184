#!/usr/bin/env python3
"""Passes TCP connections on, each byte late: as if what they lead to were far away.

relay.py PORT MILLISECONDS unix:PATH           passes them to a socket
relay.py PORT MILLISECONDS run:COMMAND         gives each to a command, as its standard input and output
"""

import os
import queue
import shlex
import socket
import subprocess
import sys
import threading
import time

PIECE = 256 * 1024


def main():
    port, delay, to = int(sys.argv[1]), float(sys.argv[2]) / 1000, sys.argv[3]
    listener = socket.create_server(("0.0.0.0", port), backlog=64)
    print("ready", flush=True)
    while True:
        near, _ = listener.accept()
        threading.Thread(target=serve, args=(near, delay, to), daemon=True).start()


def serve(near, delay, to):
    kind, _, where = to.partition(":")
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if kind == "unix":
        far = socket.socket(socket.AF_UNIX)
        far.connect(where)
        read, write, end = far.fileno(), far.fileno(), lambda: quietly(far.shutdown, socket.SHUT_WR)
    else:
        program = subprocess.Popen(shlex.split(where), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        read, write, end = program.stdout.fileno(), program.stdin.fileno(), program.stdin.close
    back = threading.Thread(target=late, args=(read, near.fileno(), delay, lambda: quietly(near.shutdown, socket.SHUT_WR)))
    back.start()
    late(near.fileno(), write, delay, end)
    back.join()
    if kind == "unix":
        far.close()
    else:
        program.wait()
    near.close()


def late(read, write, delay, end):
    """Every piece leaves `delay` seconds after it came; as many as come may be on their way."""
    pieces = queue.Queue()

    def deliver():
        while True:
            due, piece = pieces.get()
            if not piece:
                return quietly(end)
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            while piece:
                try:
                    piece = piece[os.write(write, piece):]
                except OSError:
                    return

    threading.Thread(target=deliver, daemon=True).start()
    while True:
        try:
            piece = os.read(read, PIECE)
        except OSError:
            piece = b""
        pieces.put((time.monotonic() + delay, piece))
        if not piece:
            return


def quietly(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        pass


main()
