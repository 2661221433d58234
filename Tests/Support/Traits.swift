package import Testing

extension Trait where Self == ConditionTrait {
    /// For tests that need a real sshd: root, `sshd` and `useradd`.
    package static var needsSSHServer: Self {
        .enabled(if: SSHServer.isAvailable, "NOT RUN: needs root, sshd and useradd")
    }

    /// For tests that need a real PostgreSQL.
    package static var needsPostgreSQL: Self {
        .enabled(if: PostgreSQLServer.isAvailable, "NOT RUN: needs postgres, initdb and psql")
    }

    /// For tests that need a real MariaDB.
    package static var needsMariaDB: Self {
        .enabled(if: MariaDBServer.isAvailable, "NOT RUN: needs mariadbd and mariadb-install-db")
    }
}
