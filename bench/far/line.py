"""A slow line to a server: a network namespace, limited by tbf in both directions, and a relay that delays each byte by
half the round trip. Needs root."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE, NEAR, FAR = f"pghaul{os.getpid()}", "10.249.77.1", "10.249.77.2"
DIRECT_PORT, LINK_PORT = 6001, 6002


def add_options(parser):
    parser.add_argument("--mbit", type=float, default=200, help="of the line, each way; 0: not limited")
    parser.add_argument("--rtt", type=float, default=40, help="milliseconds there and back")


class Line:
    """Is there while it is used by `with`; leads to `server`, and to the other half of pghaul beside it."""

    via = f"{HERE / 'connect.py'} {FAR} {LINK_PORT}"

    def __init__(self, server, mbit, rtt, pghaul):
        self.mbit = mbit
        in_there = ["ip", "netns", "exec", NAMESPACE]
        socket = f"unix:{server.socket}/.s.PGSQL.{server.port}"
        self.commands = [[*in_there, str(HERE / "relay.py"), str(port), str(rtt / 2), to]
                         for port, to in ((DIRECT_PORT, socket), (LINK_PORT, f"run:{pghaul} serve-link"))]

    @staticmethod
    def conninfo(database):
        return f"host={FAR} port={DIRECT_PORT} user=postgres dbname={database}"

    def __enter__(self):
        near, far = (f"ph{end}{os.getpid()}" for end in "nf")
        for command in (f"ip netns add {NAMESPACE}",
                        f"ip link add {near} type veth peer name {far} netns {NAMESPACE}",
                        f"ip address add {NEAR}/30 dev {near}", f"ip link set {near} up",
                        f"ip -n {NAMESPACE} address add {FAR}/30 dev {far}", f"ip -n {NAMESPACE} link set {far} up",
                        f"ip -n {NAMESPACE} link set lo up"):
            subprocess.run(command.split(), check=True)
        if self.mbit > 0:
            for where in (["tc", "qdisc", "add", "dev", near], ["tc", "-n", NAMESPACE, "qdisc", "add", "dev", far]):
                subprocess.run([*where, "root", "tbf", "rate", f"{self.mbit}mbit", "burst", "256kb",
                                "latency", "50ms"], check=True)
        self.relays = []
        for command in self.commands:
            relay = subprocess.Popen(command, stdout=subprocess.PIPE)
            relay.stdout.readline()
            self.relays.append(relay)
        return self

    def __exit__(self, *_):
        for relay in self.relays:
            relay.kill()
            relay.wait()
        subprocess.run(["ip", "link", "del", f"phn{os.getpid()}"], check=True)  # with its other end
        subprocess.run(["ip", "netns", "del", NAMESPACE], check=True)
