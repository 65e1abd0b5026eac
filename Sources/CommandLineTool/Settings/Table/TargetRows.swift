internal import JobModel
package import Running
package import ZohoAPI

/// Where requests go.
package struct TargetRows: SettingGroup, Sendable {
    let title = "Target"

    package let dataCentre = Setting(
        "dataCenter", .choice, default: DataCentre.us, variable: "RELSWEEP_DATA_CENTER",
        isPinned: true, help: "data centre of the account",
        more: "Tokens are valid only in the data centre that issued them.")
    package let environment = Setting<DataCentre.CRMEnvironment?>(
        "environment", .choice, isPinned: true,
        help: "CRM environment",
        more: """
            null means production, or the environment of apiDomain. An apiDomain of another \
            environment is refused (exit 78). Creator rows name their environment in the manifest.
            """, example: "\"sandbox\"")
    package let apiDomain = Setting(
        "apiDomain", .address(allowsPath: false), variable: "RELSWEEP_API_DOMAIN", isPinned: true,
        help: "CRM API address, instead of the data centre's",
        more: "https only, except for localhost.", example: "\"https://www.zohoapis.eu\"")
    package let accountsURL = Setting(
        "accountsUrl", .address(allowsPath: true), variable: "RELSWEEP_ACCOUNTS_URL",
        isPinned: true, help: "accounts server, instead of the data centre's",
        more: "Only its host is pinned.", example: "\"https://accounts.zoho.eu\"")
    package let creatorURL = Setting(
        "creatorUrl", .address(allowsPath: true), variable: "RELSWEEP_CREATOR_URL",
        isPinned: true, help: "Creator API address, instead of the data centre's",
        example: "\"https://www.zohoapis.eu/creator/v2.1/data\"")
    package let apiVersion = Setting(
        "apiVersion", .word(["v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"]), default: "v2",
        isPinned: true, help: "version of the CRM API")
    package let httpVersion = Setting(
        "httpVersion", .choice, default: TransportSettings.HTTPVersion.http1,
        help: "HTTP version",
        more: """
            With 1.1 a connection carries one request at a time, so a broken connection leaves \
            one call in doubt. With 2 it may be all of them.
            """)
    package let proxy = Setting(
        "proxy", .proxy, help: "proxy address, without user and password",
        more: "Not used for localhost. The *_proxy environment variables are ignored.",
        example: "\"http://proxy.example.org:3128\" or \"socks5h://127.0.0.1:1080\"")
    package let caFile = Setting(
        "caFile", .path,
        help: "PEM file of the certificate authorities to trust instead of the system's")
    package let refreshTokenFile = Setting(
        "credentials.refreshTokenFile", .path,
        help: "file that contains the refresh token, mode 0600",
        more: """
            The environment and systemd credentials take precedence over these files. A refresh \
            token needs the client id and the client secret.
            """, example: "\"/etc/relsweep/refresh-token\"")
    package let clientIDFile = Setting(
        "credentials.clientIdFile", .path, help: "file that contains the client id, mode 0600")
    package let clientSecretFile = Setting(
        "credentials.clientSecretFile", .path,
        help: "file that contains the client secret, mode 0600")
    package let accessTokenFile = Setting(
        "credentials.accessTokenFile", .path,
        help: "file that contains an access token, mode 0600",
        more: "It needs neither client id nor client secret, but cannot be renewed.")
}
