"""A PostgreSQL server for tests: a real one, started in a folder of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _programs() -> Path | None:
    """Where the programs of a PostgreSQL server are."""
    found = shutil.which("initdb")
    places = (
        [Path(found).resolve().parent]
        if found
        else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    )
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


@contextmanager
def running_server(setup: str) -> Iterator[str]:
    """The URL of a server, for a user with the password "secret"; skips where none can be had.

    Args:
        setup: SQL that it runs at first.
    """
    programs = _programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL server (Debian: postgresql) to start")
    pytest.importorskip("adbc_driver_postgresql", reason="its ADBC driver is not installed")
    # The server refuses to run as root; its files then belong to the user that Debian made for it.
    user = "postgres" if os.geteuid() == 0 else None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="chainrule-postgres-"))
    if user is not None:
        try:
            owner = pwd.getpwnam(user)
        except KeyError:
            shutil.rmtree(folder)
            pytest.skip("tests run as root, and there is no user postgres to run the server as")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    (folder / "password").write_text("secret")
    (folder / "password").chmod(0o644)

    def run(program: str, *arguments: str, sent: bytes | None = None) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, capture_output=True, input=sent)

    data = str(folder / "data")
    listening = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -F"
    try:
        password = ("-U", "tester", "--pwfile", "password", "-A", "scram-sha-256")
        run("initdb", "-D", data, *password, "-E", "UTF8", "--locale", "C", "--no-sync")
        # The server must not hold the pipes of this program open.
        run("pg_ctl", "-D", data, "-o", listening, "-l", str(folder / "log"), "-w", "start")
        url = f"postgresql://tester:secret@127.0.0.1:{port}/postgres"
        run("psql", url, "-q", "-v", "ON_ERROR_STOP=1", sent=setup.encode())
        yield url
    finally:
        subprocess.run(
            [str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop"],
            user=user,
            cwd=folder,
            capture_output=True,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)
