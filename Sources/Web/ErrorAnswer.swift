import Domain
import Foundation
import Hummingbird
import Logging
import Store
import Sync

/// The one place where errors become answers, and where those that are our fault are logged, once.
enum ErrorAnswer {
    static func response(to error: any Error, logger: Logger) -> Response {
        let problem = problem(for: error, logger: logger)
        var response = Response.json { json in
            json.member("detail", problem.detail)
            guard !problem.faults.isEmpty else { return }
            json.key("errors")
            json.array { json in
                for fault in problem.faults {
                    json.object {
                        $0.member("field", fault.field)
                        $0.member("message", fault.message)
                    }
                }
            }
        }
        response.status = problem.status
        for field in problem.headers { response.headers.append(field) }
        return response
    }

    private static func problem(for error: any Error, logger: Logger) -> HTTPProblem {
        switch error {
        case let problem as HTTPProblem: problem
        case let rejection as Rejection: HTTPProblem(rejection)
        case let error as SyncError: problem(for: error, logger: logger)
        case let error as StoreError: problem(for: error, logger: logger)
        case PasswordHasherError.busy: .unavailable("Too many logins at once; try again")
        case is CancellationError: .unavailable("The server is stopping")
        default: internalError("\(error)", logger: logger)
        }
    }

    private static func problem(for error: SyncError, logger: Logger) -> HTTPProblem {
        switch error {
        case .partnerNotFound: .partnerNotFound
        case .rejected(let rejection): HTTPProblem(rejection)
        case .partnerNameTaken: HTTPProblem(.badRequest, "Partner name already exists")
        case .interrupted: .unavailable("The server is stopping")
        case .store(let error): problem(for: error, logger: logger)
        }
    }

    private static func problem(for error: StoreError, logger: Logger) -> HTTPProblem {
        switch error {
        case .partnerNotFound: .partnerNotFound
        case .partnerNameTaken: HTTPProblem(.badRequest, "Partner name already exists")
        case .rejected(let rejection): HTTPProblem(rejection)
        case .userNotFound, .alertNotFound: HTTPProblem(.notFound, error.description)
        case .usernameTaken, .lastAdmin: HTTPProblem(.badRequest, error.description)
        case .passwordChanged: HTTPProblem(.badRequest, "Current password is incorrect")
        case .wrongKey, .shortKey, .newerVersion, .damagedSecret, .database:
            internalError(error.description, logger: logger)
        }
    }

    private static func internalError(_ cause: String, logger: Logger) -> HTTPProblem {
        logger.error("request failed", metadata: ["error": "\(cause)"])
        return HTTPProblem(.internalServerError, "Internal server error")
    }
}
