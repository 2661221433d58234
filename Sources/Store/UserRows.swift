import Domain

extension StoredUser {
    init(_ row: SQLRow) throws(StoreError) {
        self.init(
            user: User(
                id: try row.get("public_id"), username: try row.get("username"), email: try row.get("email"),
                role: try row.get("role"), isActive: try row.get("is_active"),
                generation: try row.get("generation"), keptTokenID: try row.get("kept_token_id"),
                revision: try row.get("revision"), lastLogin: try row.get("last_login"),
                createdAt: try row.get("created_at")),
            passwordHash: try row.get("password_hash"))
    }
}

extension SQLSession {
    /// Throws `userNotFound`.
    func existingUser(_ id: String) throws(StoreError) -> StoredUser {
        guard let row = try rows("SELECT * FROM users WHERE public_id = ?", id).first else { throw .userNotFound }
        return try StoredUser(row)
    }

    /// Throws `usernameTaken` if another user has this name, whatever its case.
    func requireFree(_ username: String, for id: String) throws(StoreError) {
        let others = try rows(
            "SELECT id FROM users WHERE username_key = ? AND public_id <> ?", username.caseFolded, id)
        guard others.isEmpty else { throw .usernameTaken }
    }

    /// Throws `lastAdmin` unless there is an active administrator beside this user.
    func requireAdmin(beside id: String) throws(StoreError) {
        let others = try rows(
            "SELECT id FROM users WHERE role = ? AND is_active = 1 AND public_id <> ? LIMIT 1", Role.admin, id)
        guard !others.isEmpty else { throw .lastAdmin }
    }

    func insert(_ user: User, passwordHash: String) throws(StoreError) {
        try execute(
            """
            INSERT INTO users (public_id, username, username_key, email, role, is_active, generation,
                kept_token_id, revision, last_login, created_at, password_hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            user.id, user.username, user.username.caseFolded, user.email, user.role, user.isActive, user.generation,
            user.keptTokenID, user.revision, user.lastLogin, user.createdAt, passwordHash)
    }

    /// Stores all that an edit may have changed.
    func store(_ user: User, passwordHash: String) throws(StoreError) {
        try execute(
            """
            UPDATE users SET username = ?, username_key = ?, email = ?, role = ?, is_active = ?, generation = ?,
                kept_token_id = ?, revision = ?, password_hash = ?
            WHERE public_id = ?
            """,
            user.username, user.username.caseFolded, user.email, user.role, user.isActive, user.generation,
            user.keptTokenID, user.revision, passwordHash, user.id)
    }
}
