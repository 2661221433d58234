package import Domain

extension Alert {
    /// One element of `GET /api/alerts`, and the event `alert` of the stream.
    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("id", id)
            json.member("partnerId", partnerID.rawValue)
            json.member("partnerName", partnerName)
            json.member("level", level.rawValue)
            json.member("message", message)
            json.member("openedAt", openedAt)
            json.member("changedAt", changedAt)
            json.member("resolvedAt", resolvedAt)
            json.member("dismissedUntil", dismissal?.until)
            json.member("dismissedBy", dismissal?.by)
        }
    }
}
