"""Databases to copy into, a new one for each copy."""

import shutil

PREFIX = "copy_of_it_"
MOST_BYTES = 30e9


class Copies:
    """They stay, also from one call to the next if the server does, until they take too much room. ext4 does not give
    out an inode in the minutes after it was freed, and looks through all of those whenever a file is made: had the last
    copy just been dropped, making 1,000 tables would take twice as long."""

    def __init__(self, server):
        self.server = server

    def make(self, size):
        """The name of a new one that will take `size` bytes."""
        if self._bytes() + size > MOST_BYTES or shutil.disk_usage(self.server.directory).free < 4 * size + 2e9:
            self._drop()
        name = f"{PREFIX}{1 + max(map(self._number, self._names()), default=0)}"
        self.server.query(f"CREATE DATABASE {name}")
        return name

    def _names(self):
        return [name for (name,) in
                self.server.query(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}')")]

    @staticmethod
    def _number(name):
        return int(name.removeprefix(PREFIX))

    def _bytes(self):
        return sum(int(self.server.value(f"SELECT pg_database_size('{name}')")) for name in self._names())

    def _drop(self):
        for name in self._names():
            self.server.query(f"DROP DATABASE {name} WITH (FORCE)")
