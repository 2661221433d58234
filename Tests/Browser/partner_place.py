"""A place where partners live: databases on a real MariaDB, reached through a real sshd."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import partner_database
from jobtalk_server import Console
from partner_services import Bastion, MariaDB


class Place:
    """One MariaDB behind one bastion; each partner has a database of its own in it."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.mariadb = MariaDB([])
        self.bastion = Bastion(directory)
        self._count = 0

    def stop(self) -> None:
        self.bastion.stop()
        self.mariadb.stop()

    def partner(
        self, name: str, statements: Iterable[str] | None = None, *, bastion: Bastion | None = None
    ) -> Partner:
        """A partner with a fresh database, as yet unknown to any server; it may be behind another bastion."""
        self._count += 1
        database = f"partner_{self._count}"
        self.mariadb.add_database(database, partner_database.live() if statements is None else statements)
        return Partner(name, self.mariadb, database, bastion or self.bastion)


class Partner:
    """What one must know to add it, and a look into its database."""

    def __init__(self, name: str, mariadb: MariaDB, database: str, bastion: Bastion) -> None:
        self.name = name
        self.database = database
        self._mariadb = mariadb
        self._bastion = bastion

    def run(self, sql: str) -> list[list[str]]:
        """Runs a statement behind the server's back, and tells the rows."""
        return [line.split("\t") for line in self._mariadb.run(sql, self.database).splitlines()]

    def setting(self, name: str) -> str:
        return self.run(f"SELECT value FROM settings WHERE name = '{name}'")[0][0]

    @property
    def fields(self) -> dict[str, str]:
        """What to type into the form, by the labels there."""
        mariadb, bastion = self._mariadb, self._bastion
        return {
            "Name": self.name, "Database name": self.database, "Host": "127.0.0.1", "Port": str(mariadb.port),
            "User": mariadb.username, "Database password": mariadb.password, "SSH host": "127.0.0.1",
            "SSH port": str(bastion.port), "SSH user": bastion.username, "Private key": bastion.private_key,
        }

    def body(self) -> dict[str, Any]:
        """The same for the API."""
        mariadb, bastion = self._mariadb, self._bastion
        return {
            "partnerName": self.name, "dbHost": "127.0.0.1", "dbPort": mariadb.port, "dbName": self.database,
            "dbUsername": mariadb.username, "dbPassword": mariadb.password,
            "sshConfig": {
                "enabled": True, "host": "127.0.0.1", "port": bastion.port, "username": bastion.username,
                "privateKey": bastion.private_key,
            },
        }

    def add_to(self, console: Console) -> str:
        """Makes it known, and waits for its first numbers."""
        partner = console.add(**self.body())
        console.metrics(partner)
        return partner


def hasten(console: Console) -> None:
    """Has partners read every five seconds, and the business day begin about twelve hours ago.

    A day that ends while tests run would end their numbers.
    """
    zone = f"Etc/GMT{datetime.now(timezone.utc).hour - 12:+d}"
    answer = console.put("/api/settings", json={"refreshInterval": 5, "timeZone": zone})
    assert answer.status_code == 200, answer.text
