use zeroize::Zeroizing;

/// Why a keyring did not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// There is none, it is locked, or it broke.
    #[error("the keyring is not available")]
    Unavailable,
    /// It works, and has no such entry.
    #[error("the keyring has no such entry")]
    Missing,
}

/// The operating system's place for secrets. Calls may block; they are made off the async threads.
pub trait Secrets: Send + Sync + 'static {
    /// Reads an entry.
    fn get(&self, name: &str) -> Result<Zeroizing<String>, SecretsError>;
    /// Writes an entry.
    fn set(&self, name: &str, secret: &str) -> Result<(), SecretsError>;
    /// Removes an entry; one that is not there is as wanted.
    fn remove(&self, name: &str) -> Result<(), SecretsError>;
}

/// The real keyring: entries of the service `tessera`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keyring;

impl Keyring {
    fn entry(name: &str) -> Result<keyring::Entry, SecretsError> {
        keyring::Entry::new("tessera", name).map_err(|_| SecretsError::Unavailable)
    }
}

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Zeroizing<String>, SecretsError> {
        match Keyring::entry(name)?.get_password() {
            Ok(secret) => Ok(Zeroizing::new(secret)),
            Err(keyring::Error::NoEntry) => Err(SecretsError::Missing),
            Err(_) => Err(SecretsError::Unavailable),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretsError> {
        Keyring::entry(name)?.set_password(secret).map_err(|_| SecretsError::Unavailable)
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        match Keyring::entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(_) => Err(SecretsError::Unavailable),
        }
    }
}
