"""The ways to copy a database that are compared: shell commands, as one would type them."""

import dataclasses
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Peer:
    name: str
    about: str
    program: str
    command: str  # run by bash with SOURCE, TARGET, WORK (an empty folder), JOBS and the programs' names set


PGCOPYDB = ('"$PGCOPYDB" clone --source "$SOURCE" --target "$TARGET" --dir "$WORK/pgcopydb" --use-copy-binary '
            '--table-jobs $JOBS --index-jobs $JOBS --restore-jobs $JOBS --large-objects-jobs $JOBS --skip-vacuum')
SPLIT = ' --split-tables-larger-than 100MB'
ANALYZE = ' && vacuumdb --analyze-only --quiet --jobs $JOBS -d "$TARGET"'
COMPARE = ' && "$PGCOPYDB" compare data --source "$SOURCE" --target "$TARGET" --dir "$WORK/compare"'

ALL = [
    Peer("pghaul", "with checksums of every row, and ANALYZE", "pghaul",
         '"$PGHAUL" copy "$SOURCE" "$TARGET" $PGHAUL_JOBS --progress none --report "$WORK/report.json"'),
    Peer("pghaul-unverified", "without verification", "pghaul",
         '"$PGHAUL" copy "$SOURCE" "$TARGET" $PGHAUL_JOBS --progress none --report "$WORK/report.json" --verify none'),
    Peer("pg_dump-Z0", "streamed uncompressed into pg_restore, then ANALYZE", "pg_dump",
         'pg_dump -Fc -Z0 -d "$SOURCE" | pg_restore -d "$TARGET"' + ANALYZE),
    Peer("pg_dump", "compressing, as is its default; no ANALYZE: hosted pg:copy's way", "pg_dump",
         'pg_dump -Fc -d "$SOURCE" | pg_restore --no-owner --no-acl -d "$TARGET"'),
    Peer("pgcopydb", "binary, then ANALYZE; nothing verified", "pgcopydb", PGCOPYDB + ANALYZE),
    Peer("pgcopydb-split", "binary, tables split, then ANALYZE; nothing verified", "pgcopydb",
         PGCOPYDB + SPLIT + ANALYZE),
    Peer("pgcopydb-compared", "binary, tables split, then ANALYZE and compare data", "pgcopydb",
         PGCOPYDB + SPLIT + ANALYZE + COMPARE),
]


def programs(pghaul, postgres_bin):
    """Where each program is; those that are not installed are left out."""
    fetched = ROOT / "build" / "peers" / "pgcopydb" / "pgcopydb"
    candidates = {
        "pghaul": pghaul or ROOT / "build" / "release" / "pghaul",
        "pg_dump": postgres_bin / "pg_dump",
        "pgcopydb": fetched if fetched.exists() else shutil.which("pgcopydb") or "",
    }
    return {name: str(path) for name, path in candidates.items() if pathlib.Path(path).is_file()}


def version(program):
    done = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return done.stdout.splitlines()[0].strip()
