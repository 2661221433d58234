import Domain

extension VisitError {
    /// A wait that our own deadline or a cancellation ended.
    init(_ reason: BlockingPool.Abandonment, stage: ConnectionStage, deadline: Deadline) {
        switch reason {
        case .deadline:
            self.init(kind: .timeout, stage: stage, message: "\(stage.failurePrefix): \(deadline.sentence)")
        case .cancelled:
            self.init(kind: .database, stage: stage, message: "\(stage.failurePrefix): Cancelled")
        }
    }

    /// A statement that gave no answer. Shows our own words only; what the server said goes into the detail.
    init(_ error: SessionError, stage: ConnectionStage, deadline: Deadline, password: Secret?) {
        switch error {
        case .abandoned(let reason):
            self.init(reason, stage: stage, deadline: deadline)
        case .unreachable(let error):
            self = error
        case .failed(let failure):
            let detail = password.map { failure.detail.withoutSecret($0) } ?? failure.detail
            let (kind, reason) = failure.summary(deadline: deadline)
            self.init(
                kind: kind, stage: stage, message: "\(stage.failurePrefix): \(reason)", detail: detail.loggable)
        }
    }

    /// Something that we need is not in the schema.
    init(_ fault: SchemaFault) {
        self.init(kind: .query, stage: .schema, message: "Schema check failed: \(fault.sentence)")
    }
}

extension ConnectionStage {
    /// How a sentence about a failure on the database's side begins.
    var failurePrefix: String {
        switch self {
        case .resolve, .sshConnect, .sshHostKey, .sshAuth, .tunnel, .dbConnect, .dbAuth: "Database connection failed"
        case .schema: "Schema check failed"
        case .query: "Query failed"
        }
    }
}

extension DatabaseFailure {
    fileprivate func summary(deadline: Deadline) -> (kind: VisitFailureKind, reason: String) {
        switch cause {
        case .lost(midAnswer: true): (.database, "The connection was lost in the middle of an answer")
        case .lost(midAnswer: false): (.database, "The connection was lost")
        case .serverTimeLimit: (.timeout, deadline.sentence)
        case .missingObject: (.query, "A table or column is missing")
        case .denied: (.query, "The database user lacks a right that this needs")
        case .severalRows(let count, let setting):
            (.query, "Table \"settings\" holds \(count) rows named \"\(setting)\"")
        case .tooLarge: (.query, "The answer is too large")
        case .implausible: (.query, "The answer cannot be right")
        case .tooManyStatuses(let limit): (.query, "More than \(limit) different statuses")
        case .other: (.query, "The server answered with error \(name)")
        }
    }
}
