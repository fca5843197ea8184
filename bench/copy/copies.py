"""Databases to copy into, a new one for each copy."""

import itertools
import shutil

PREFIX = "copy_of_it_"


class Copies:
    """They stay until the disk is needed or the run ends. ext4 does not give out an inode in the minutes after it was
    freed, and looks through all of those whenever a file is made: had the last copy just been dropped, making 1,000
    tables would take twice as long."""

    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count(1)
        self.drop()

    def make(self, size):
        """The name of a new one that will take `size` bytes."""
        if shutil.disk_usage(self.server.directory).free < 4 * size + 2_000_000_000:
            self.drop()
        name = f"{PREFIX}{next(self.numbers)}"
        self.server.query(f"CREATE DATABASE {name}")
        return name

    def drop(self):
        for (name,) in self.server.query(f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'"):
            self.server.query(f"DROP DATABASE {name} WITH (FORCE)")
