internal import SystemCalls

extension Settings.Environment {
    /// The process's environment and its systemd credentials (`$CREDENTIALS_DIRECTORY`).
    package static let process = Settings.Environment(
        variable: { ProcessFacts.environment($0) },
        credential: { name throws(SettingsError) in
            guard let directory = ProcessFacts.environment("CREDENTIALS_DIRECTORY"),
                !directory.isEmpty
            else { return nil }
            let path = "\(directory)/\(name)"
            do throws(OwnedFile.Problem) {
                // systemd grants the service's user access by group or ACL, so only write access is
                // checked.
                let bytes = try OwnedFile.read(
                    path, limit: Credentials.maximumByteCount + 2, protectedFrom: .writing)
                return (SecretFile.trimmed(bytes), path)
            } catch {
                if case .system(let error) = error, error.isMissing { return nil }
                throw .credential(path: path, error.text(path))
            }
        })

    /// The path of the configuration: `--config`, `$RELSWEEP_CONFIG`, or the credential
    /// `relsweep-config` itself.
    func configurationPath(_ arguments: Arguments) throws(SettingsError) -> String? {
        if let path = arguments.value(of: \.output.configuration) { return path }
        if let path = variable(Configuration.variable), !path.isEmpty { return path }
        guard let directory = variable("CREDENTIALS_DIRECTORY"), !directory.isEmpty else {
            return nil
        }
        let path = "\(directory)/relsweep-config"
        do throws(SystemError) {
            return try FileSystem.kind(of: path) == .missing ? nil : path
        } catch {
            throw .credential(path: path, error.reason)
        }
    }
}

extension Configuration {
    /// Reads the configuration. It determines where credentials are sent, so it must not be
    /// writable by others.
    static func read(_ path: String) throws(SettingsError) -> Configuration {
        let bytes: [UInt8]
        do throws(OwnedFile.Problem) {
            bytes = try OwnedFile.read(path, limit: maximumByteCount, protectedFrom: .writing)
        } catch {
            throw .configurationUnreadable(path: path, error.text(path))
        }
        do throws(ConfigurationError) {
            return try Configuration.parse(bytes)
        } catch {
            throw .configuration(path: path, error)
        }
    }
}
