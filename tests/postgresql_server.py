"""A PostgreSQL server on loopback for tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "tulip-cellar-17"
# The role `guarded` must give a password, everybody else is let in.
ACCESS = """
host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
local all all trust
"""


@dataclass(frozen=True)
class PostgresqlServer:
    """A running server.

    Parameters
    ----------
    port : int
    binaries : Path
        Folder of psql.
    """

    port: int
    binaries: Path

    def url(self, user: str = "assay", database: str = "postgres") -> str:
        """Return the connection URL for a user, who may come with a password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str) -> str:
        """Run statements as the owner of the server and return what psql prints."""
        command = [self.binaries / "psql", self.url(), "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()


def find_binaries() -> Path | None:
    """Return the folder of the server's programs, None where it is not installed."""
    told = shutil.which("initdb")
    folders = [Path(told).parent] if told else []
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        folders.append(Path(answer.stdout.strip()))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    programs = ("initdb", "pg_ctl", "psql")
    found = (f for f in folders if all((f / program).is_file() for program in programs))
    return next(found, None)


@contextmanager
def running_postgresql(binaries: Path) -> Iterator[PostgresqlServer]:
    """Start a server with an empty database on a free port; stop it and delete it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="assay-postgresql-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "assay", "-E", "UTF8")
        (data / "pg_hba.conf").write_text(ACCESS)
        port = _free_port()
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [binaries / "pg_ctl", "-D", data]
        _run(*control, "-o", settings, "-l", folder / "log", "-w", "start")
        try:
            server = PostgresqlServer(port, binaries)
            server.run(f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            _run(*control, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    """Run one of the server's programs, which refuse to be run by root."""
    user = "postgres" if os.getuid() == 0 else None
    words = [str(word) for word in command]
    done = subprocess.run(
        words, user=user, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{words[0]}: {done.stderr}{done.stdout}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
