"""What stands in front of a partner's numbers: a private MariaDB, and a private sshd as its bastion."""

from __future__ import annotations

import contextlib
import getpass
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable

from processes import Process, answers, free_port


class MariaDB:
    """A MariaDB on a loopback port of its own with one database, whose owner may do everything in it."""

    database, username, password = "aptask_db", "dbuser", "dbpass123"

    def __init__(self, statements: Iterable[str]) -> None:
        self.port = free_port()
        self._directory = tempfile.TemporaryDirectory(prefix="jobtalk-", ignore_cleanup_errors=True)
        directory = pathlib.Path(self._directory.name)
        # As root it runs as nobody, who must be able to get there.
        directory.chmod(0o755)
        data = directory / "data"
        common = ["--no-defaults", f"--datadir={data}", "--innodb-log-file-size=4M", "--tmpdir=/tmp"]
        common += ["--user=nobody"] if os.geteuid() == 0 else []
        subprocess.run(
            ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True)
        self._command = [
            _located("mariadbd"), *common, f"--socket={data / 'socket'}", f"--pid-file={data / 'pid'}",
            f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-networking=0", "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M", "--performance-schema=OFF",
        ]
        self._log = directory / "mariadb.log"
        self._socket = data / "socket"
        self.resume()
        self.run(f"CREATE USER '{self.username}'@'%' IDENTIFIED BY '{self.password}'")
        self.add_database(self.database, statements)

    def resume(self) -> None:
        """Starts it, again on the same port with the same data."""
        self._process = Process(self._command, self._log)
        self._process.wait_until(lambda: answers(self.port))

    def pause(self) -> None:
        """Ends it; its data stays."""
        self._process.stop()

    def add_database(self, name: str, statements: Iterable[str]) -> None:
        """One more for the same owner."""
        self.run(f"CREATE DATABASE `{name}`; GRANT ALL ON `{name}`.* TO '{self.username}'@'%'")
        self.run(";\n".join(statements), name)

    def run(self, sql: str, database: str | None = None) -> str:
        """Runs statements as its administrator; rows come as lines with tabs between the fields."""
        command = ["mariadb", "--no-defaults", f"--socket={self._socket}", "--user=root", "-BN"]
        return subprocess.run(
            command + ([database] if database else []), input=sql, text=True, check=True, capture_output=True).stdout

    def stop(self) -> None:
        self._process.stop()
        self._directory.cleanup()


class Bastion:
    """An sshd on a loopback port of its own that lets in the user of the tests, with one key.

    It needs neither root nor another login: an sshd may always let in the one whom it runs as.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self.port = free_port()
        self.username = getpass.getuser()
        host_key, user_key = directory / "host", directory / "user"
        for key in (host_key, user_key):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        self.private_key = user_key.read_text()
        configuration = directory / "config"
        configuration.write_text("\n".join([
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {host_key}", "PidFile none",
            f"AuthorizedKeysFile {user_key}.pub", "StrictModes no", "UsePAM no", "UseDNS no", "PermitRootLogin yes",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no", "AllowTcpForwarding yes", ""]))
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self._command = [_located("sshd"), "-D", "-e", "-f", configuration]
        self._log = directory / "sshd.log"
        self.resume()

    def resume(self) -> None:
        """Starts it, again on the same port with the same host key."""
        self._process = Process(self._command, self._log)
        self._process.wait_until(lambda: answers(self.port))

    def stop(self) -> None:
        """Ends it with all its connections."""
        # Each connection has a process of its own, which does not end with the listener.
        connections = self._process.descendants()
        self._process.stop()
        for connection in connections:
            with contextlib.suppress(ProcessLookupError):
                os.kill(connection, signal.SIGKILL)


def foreign_key(directory: pathlib.Path) -> str:
    """A private key that lets nobody in anywhere."""
    path = directory / "foreign"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.read_text()


def _located(program: str) -> str:
    """The full path of a server's program, which users do not have on their path."""
    return shutil.which(program, path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or program
