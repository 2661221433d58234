/// The settings that operators may change while the server runs.
package struct Settings: Sendable, Equatable {
    /// Seconds between two visits of a partner.
    package var refreshInterval = 120
    package var dataRetentionDays = 90
    /// Percent of utilization.
    package var alertThreshold = 80
    package var autoRefreshEnabled = true
    /// Seconds.
    package var queryTimeout = 60
    /// Seconds.
    package var connectionTimeout = 30
    package var concurrentPartnerLimit = 16
    /// An IANA name.
    package var timeZone = "America/New_York"
    package var criticalQueuedThreshold = 200
    /// Percent.
    package var criticalUtilizationThreshold = 30
    package var highQueuedMin = 100

    package init() {}
}
