import CMariaDB
import Glibc

/// Lets the client check a certificate against the database's own name although it connects to an address.
///
/// libmariadb judges the certificate by the host it connected to, which here is a resolved address or the near end
/// of a tunnel. A client plugin runs between the server's greeting and the TLS handshake: this one puts the real name
/// in place while the handshake lasts, sends no credential, and so lets the server ask for the account's own method.
/// If a hostile server avoids the plugin, the certificate is judged by the address, which it does not fit.
enum TLSServerName {
    static let pluginName = "jobtalk_server_name"
    private static let key = "jobtalk_server_name"

    /// Makes `handle` verify `name`, which must outlive the connecting. False if the client refuses.
    static func install(_ name: UnsafeMutablePointer<CChar>, in handle: UnsafeMutablePointer<MYSQL>) -> Bool {
        isRegistered
            && jobtalk_set_user_data(handle, key, name) == 0
            && mysql_options(handle, MYSQL_DEFAULT_AUTH, pluginName) == 0
    }

    /// The client keeps the registered structure for the life of the process.
    private static let isRegistered: Bool = {
        let plugin = UnsafeMutablePointer<jobtalk_auth_plugin>.allocate(capacity: 1)
        plugin.initialize(to: jobtalk_auth_plugin())
        plugin.pointee.type = 2  // MYSQL_CLIENT_AUTHENTICATION_PLUGIN
        plugin.pointee.interface_version = 0x0100
        plugin.pointee.name = UnsafePointer(strdup(pluginName))
        plugin.pointee.authenticate_user = { exchange, handle in authenticate(exchange, handle) }
        return plugin.withMemoryRebound(to: st_mysql_client_plugin.self, capacity: 1) {
            mysql_client_register_plugin(nil, $0) != nil
        }
    }()

    private static func authenticate(
        _ exchange: UnsafeMutablePointer<MYSQL_PLUGIN_VIO>?, _ handle: UnsafeMutablePointer<MYSQL>?
    ) -> Int32 {
        guard let exchange, let handle, let write = exchange.pointee.write_packet,
            let name = jobtalk_user_data(handle, key)
        else { return CR_ERROR }
        let address = handle.pointee.host
        handle.pointee.host = name.assumingMemoryBound(to: CChar.self)
        defer { handle.pointee.host = address }
        return write(exchange, nil, 0) == 0 ? CR_OK : CR_ERROR
    }
}
