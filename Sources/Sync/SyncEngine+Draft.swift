import Domain
import Partners
import Store

extension SyncEngine {
    /// Merges a body into the stored partner, or into a blank one, and judges the whole.
    ///
    /// A new private key or passphrase is tried at once, so that one that does not open is among the faults.
    func draft(_ patch: PartnerPatch, basedOn id: PartnerID?) async throws(SyncError) -> PartnerDraft {
        let before = try await storedDraft(of: id)
        var faults = await keyFaults(of: patch, over: before?.secrets.ssh)
        do throws(Rejection) {
            let draft = try before.merged(with: patch)
            if faults.isEmpty { return draft }
        } catch .fields(let found) {
            faults = found + faults
        } catch  where faults.isEmpty {
            throw .rejected(error)
        } catch {
            // A broken rule counts only once all fields are right.
        }
        throw .rejected(.fields(faults))
    }

    private func storedDraft(of id: PartnerID?) async throws(SyncError) -> PartnerDraft? {
        guard let id else { return nil }
        let access = try await stored { () async throws(StoreError) in try await store.access(to: id) }
        guard let access else { throw .partnerNotFound }
        return PartnerDraft(configuration: access.partner.configuration, secrets: access.secrets)
    }

    private func keyFaults(of patch: PartnerPatch, over stored: SSHCredential?) async -> [FieldFault] {
        guard let ssh = patch.ssh, let key = ssh.privateKey ?? ssh.passphrase.flatMap({ _ in stored?.key }) else {
            return []
        }
        do throws(FieldFault) {
            try await gateway.inspect(key: key, passphrase: ssh.passphrase)
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

extension SSHCredential {
    fileprivate var key: Secret? {
        if case .privateKey(let key, _) = self { key } else { nil }
    }
}
