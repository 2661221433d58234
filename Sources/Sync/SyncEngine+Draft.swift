import Domain
import Partners
import Store

extension SyncEngine {
    /// Merges a body into the stored partner, or into a blank one, and judges the whole.
    ///
    /// All faults are thrown together: those `known` from reading the body, what the whole then lacks, and a new
    /// private key or passphrase that does not open. A broken rule counts only once all fields are right.
    func draft(
        _ patch: PartnerPatch, besides known: [FieldFault], basedOn id: PartnerID?
    ) async throws(SyncError) -> PartnerDraft {
        let before = try await storedDraft(of: id)
        let keyFaults = await keyFaults(of: patch, over: before?.secrets.ssh)
        let merged = Result { () throws(Rejection) in try before.merged(with: patch) }
        let faults = known.joined(by: merged.faults).joined(by: keyFaults)
        guard faults.isEmpty else { throw .rejected(.fields(faults)) }
        do { return try merged.get() } catch { throw .rejected(error) }
    }

    private func storedDraft(of id: PartnerID?) async throws(SyncError) -> PartnerDraft? {
        guard let id else { return nil }
        let draft = try await stored { () async throws(StoreError) in try await store.draft(of: id) }
        guard let draft else { throw .partnerNotFound }
        return draft
    }

    private func keyFaults(of patch: PartnerPatch, over stored: SSHCredential?) async -> [FieldFault] {
        guard let ssh = patch.ssh, let key = ssh.privateKey ?? ssh.passphrase.flatMap({ _ in stored?.key }) else {
            return []
        }
        do throws(FieldFault) {
            try await gateway.inspect(key: key, passphrase: ssh.passphrase ?? stored?.passphrase)
            return []
        } catch {
            return [error]
        }
    }
}

extension PartnerDraft? {
    fileprivate func merged(with patch: PartnerPatch) throws(Rejection) -> PartnerDraft {
        guard var draft = self else { return try PartnerDraft.new(patch) }
        try draft.apply(patch)
        return draft
    }
}

extension Result<PartnerDraft, Rejection> {
    fileprivate var faults: [FieldFault] {
        if case .failure(.fields(let faults)) = self { faults } else { [] }
    }
}

extension [FieldFault] {
    /// A field is named once, with what was found first: what cannot be read is not missing as well.
    fileprivate func joined(by later: [FieldFault]) -> [FieldFault] {
        self + later.filter { fault in !contains { $0.field == fault.field } }
    }
}
