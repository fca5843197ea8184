"""What the sessions of both servers were doing, and waiting for, while a copy ran: ten looks a second."""

import collections
import subprocess

from meter import WATCHER

LOOK = r"""
SELECT 'look' || chr(9)
UNION ALL
SELECT CASE WHEN backend_type = 'parallel worker' THEN 'parallel: ' ELSE '' END ||
       CASE WHEN query ~* '^\s*copy.*\mto stdout' THEN 'COPY TO' WHEN query ~* '^\s*copy' THEN 'COPY FROM'
            ELSE upper(coalesce(substring(query, '^\W*(\w+\s+\w+)'), substring(query, '\w+'), '')) END || chr(9) ||
       coalesce(wait_event_type || ' ' || wait_event, 'on CPU')
FROM pg_stat_activity
WHERE state = 'active' AND pid <> pg_backend_pid() AND backend_type IN ('client backend', 'parallel worker')
\watch 0.1
"""


class Watch:
    def __init__(self, source, target):
        self.sessions = {
            name: subprocess.Popen([server.bin / "psql", "-XqAt", "-d",
                                    server.conninfo("postgres") + f" application_name='{WATCHER}'"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for name, server in (("source", source), ("target", target))}
        self.seen = {}
        for session in self.sessions.values():
            session.stdin.write(LOOK)
            session.stdin.flush()

    def stop(self):
        for name, session in self.sessions.items():
            session.terminate()
            self.seen[name] = [tuple(line.split("\t")) for line in session.communicate()[0].splitlines() if "\t" in line]

    def report(self):
        """Per server: how many sessions were busy at a look, then what they were at, as shares of all looks."""
        lines = []
        for name, seen in self.seen.items():
            looks = sum(kind == "look" for kind, _ in seen)
            doings = collections.Counter(doing for doing in seen if doing[0] != "look")
            busy, at_once = collections.Counter(), -1
            for kind, _ in seen + [("look", "")]:
                if kind == "look":
                    busy[at_once] += at_once >= 0
                    at_once = 0
                else:
                    at_once += 1
            lines.append(f"{name}: {looks} looks; sessions busy at once: " +
                         ", ".join(f"{count}: {100 * times / looks:.0f} %" for count, times in sorted(busy.items()) if times))
            lines += [f"  {100 * times / looks:5.1f} %  {statement}  [{event}]"
                      for (statement, event), times in doings.most_common(14)]
        return "\n".join(lines)
