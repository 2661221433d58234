import Domain
import Foundation
import Hummingbird

/// Every route of the server, in reading order: method, path, who may pass, and who answers.
func allRoutes(
    auth: AuthRoutes, dashboard: DashboardRoutes, stream: StreamRoutes, partners: PartnerRoutes, history: HistoryRoutes,
    statistics: StatisticsRoutes, concurrency: ConcurrencyRoutes, alerts: AlertRoutes, users: UserRoutes,
    settings: SettingsRoutes, health: HealthRoutes
) -> [Route] {
    [
        // Authentication
        Route(.post, "/api/auth/login", .open, auth.login),
        Route(.post, "/api/auth/logout", signedIn: .viewer, auth.logout),
        Route(.post, "/api/auth/change-password", signedIn: .viewer, auth.changePassword),
        Route(.get, "/api/auth/me", signedIn: .viewer, auth.me),

        // Dashboard
        Route(.get, "/api/dashboard/overview", .viewer, dashboard.overview),
        Route(.get, "/api/dashboard/partners", .viewer, dashboard.partners),
        Route(.get, "/api/dashboard/stream", signedIn: .viewer, stream.open),
        Route(.get, "/api/dashboard/history", .viewer, history.dashboard),
        Route(.post, "/api/dashboard/refresh", .admin, dashboard.refresh),

        // Partners
        Route(.get, "/api/partners", .viewer, partners.list),
        Route(.post, "/api/partners", signedIn: .admin, partners.create),
        Route(.post, "/api/partners/test-connection", .admin, partners.testUnsaved),
        Route(.get, "/api/partners/{partner_id}", .viewer, partners.show),
        Route(.put, "/api/partners/{partner_id}", signedIn: .admin, partners.update),
        Route(.delete, "/api/partners/{partner_id}", .admin, partners.delete),
        Route(.post, "/api/partners/{partner_id}/test-connection", .admin, partners.test),
        Route(.post, "/api/partners/{partner_id}/force-sync", .admin, partners.forceSync),
        Route(.get, "/api/partners/{partner_id}/metrics", .viewer, partners.metrics),
        Route(.get, "/api/partners/{partner_id}/history", .viewer, history.partner),
        Route(.get, "/api/partners/{partner_id}/logs", .viewer, partners.logs),
        Route(.delete, "/api/partners/{partner_id}/logs", .admin, partners.clearLogs),

        // Statistics
        Route(.get, "/api/partners/{partner_id}/period-stats", .viewer, statistics.partner),
        Route(.get, "/api/all-partners/period-stats", .viewer, statistics.allPartners),

        // Concurrency
        Route(.post, "/api/partners/{partner_id}/concurrency", signedIn: .admin, concurrency.setLimit),
        Route(.post, "/api/partners/{partner_id}/pause-non-priority", signedIn: .admin, concurrency.setPause),
        Route(.get, "/api/partners/{partner_id}/concurrency-history", .viewer, concurrency.history),

        // Alerts
        Route(.get, "/api/alerts", .viewer, alerts.list),
        Route(.get, "/api/alerts/summary", .viewer, alerts.summary),
        Route(.put, "/api/alerts/{alert_id}/dismiss", signedIn: .admin, alerts.dismiss),

        // Users
        Route(.get, "/api/users", .admin, users.list),
        Route(.post, "/api/users", .admin, users.create),
        Route(.put, "/api/users/{user_id}", .admin, users.update),
        Route(.delete, "/api/users/{user_id}", .admin, users.delete),

        // Settings
        Route(.get, "/api/settings", .viewer, settings.show),
        Route(.put, "/api/settings", .admin, settings.update),

        // Outside the API
        Route(.get, "/health", .open, health.health),
    ]
}

/// What browsers ask for, outside the document of the API. Whatever else they ask for as a page is the page's own
/// address, see `WebResponder`.
func browserRoutes(_ assets: AssetRoutes) -> [Route] {
    [
        Route(.get, "/", .open, assets.page),
        Route(.get, "\(assets.source.address)/{file*}", .open, assets.file),
        Route(.get, "/docs", .open, assets.swagger),
        Route(.get, "/redoc", .open, assets.redoc),
        Route(.get, "/openapi.json", .open, assets.openAPIJSON),
        Route(.get, "/openapi.yaml", .open, assets.openAPIYAML),
    ]
}
