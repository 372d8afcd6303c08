use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger::DatabaseKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{RecoveryKey, Secrets, SecretsError, Wrapped, leaving_no_trace};
use crate::WalletError;
use crate::outside::Random;
use crate::view::KeyStorage;

/// Where the key of one book's database is, and its copy for recovery. Calls block: run them off the async threads.
pub(crate) struct Vault {
    folder: PathBuf,
    book: Uuid,
    secrets: Arc<dyn Secrets>,
    random: Arc<dyn Random>,
}

/// What a new key gives.
pub(crate) struct NewKey {
    pub(crate) key: Opened,
    pub(crate) storage: KeyStorage,
    pub(crate) recovery: RecoveryKey,
}

/// A key that was found or made, in one place of the memory.
pub(crate) struct Opened(Arc<Zeroizing<[u8; 32]>>);

impl Opened {
    /// A key that `fill` writes where it will stay.
    fn filled<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        let mut place = Arc::new(Zeroizing::new([0; 32]));
        let bytes: &mut Zeroizing<[u8; 32]> = Arc::make_mut(&mut place);
        fill(bytes)?;
        Ok(Opened(place))
    }

    /// A key that `find` finds on the stack.
    fn found(find: impl FnOnce() -> Result<Zeroizing<[u8; 32]>, WalletError>) -> Result<Self, WalletError> {
        leaving_no_trace(|| find().map(|key| Opened(Arc::new(key))))
    }

    pub(crate) fn database_key(&self) -> DatabaseKey {
        leaving_no_trace(|| DatabaseKey::new(**self.0))
    }
}

impl Vault {
    pub(crate) fn new(folder: &Path, book: Uuid, secrets: Arc<dyn Secrets>, random: Arc<dyn Random>) -> Self {
        Vault { folder: folder.to_owned(), book, secrets, random }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    fn passphrase_file(&self) -> PathBuf {
        self.folder.join("key.passphrase.json")
    }

    fn recovery_file(&self) -> PathBuf {
        self.folder.join("key.recovery.json")
    }

    /// Makes the book's key. The keyring comes first; without one a real account needs a passphrase, while practice
    /// (`may_use_file`) keeps the key in a file only its owner reads.
    pub(crate) fn make(&self, passphrase: Option<&str>, may_use_file: bool) -> Result<NewKey, WalletError> {
        let key = Opened::filled(|place| {
            self.random.fill(place);
            Ok::<(), WalletError>(())
        })?;
        let storage = match (self.keep_in_keyring(&key.0), passphrase) {
            (Ok(()), _) => KeyStorage::Keyring,
            (Err(_), Some(passphrase)) => {
                self.keep_under_passphrase(&key.0, passphrase)?;
                KeyStorage::Passphrase
            }
            (Err(_), None) if may_use_file => {
                write_private(&self.key_file(), hex_text(&key.0).as_bytes())?;
                KeyStorage::File
            }
            (Err(_), None) => return Err(WalletError::PassphraseNeeded),
        };
        let recovery = RecoveryKey::make(&*self.random);
        let copy = Wrapped::seal(&key.0, recovery.secret(), &*self.random)?;
        write_json(&self.recovery_file(), &copy)?;
        Ok(NewKey { key, storage, recovery })
    }

    /// Makes another recovery key for the book; the one before opens nothing any more.
    pub(crate) fn renew_recovery(&self, storage: KeyStorage, passphrase: Option<&str>) -> Result<String, WalletError> {
        let Opened(key) = match (storage, passphrase) {
            (KeyStorage::Passphrase, Some(passphrase)) => self.open_with_passphrase(passphrase)?,
            _ => self.open(storage)?,
        };
        let recovery = RecoveryKey::make(&*self.random);
        write_json(&self.recovery_file(), &Wrapped::seal(&key, recovery.secret(), &*self.random)?)?;
        Ok(recovery.to_text().to_string())
    }

    /// Finds the key where it was put.
    pub(crate) fn open(&self, storage: KeyStorage) -> Result<Opened, WalletError> {
        let text = match storage {
            KeyStorage::Keyring => self.secrets.get(&self.book.to_string()).map_err(|error| match error {
                SecretsError::Unavailable | SecretsError::Missing => WalletError::KeyringUnavailable,
            })?,
            KeyStorage::File => Zeroizing::new(fs::read_to_string(self.key_file())?),
            KeyStorage::Passphrase => return Err(WalletError::PassphraseNeeded),
        };
        Opened::filled(|place| hex::decode_to_slice(text.trim(), place)).map_err(|_| WalletError::KeyringUnavailable)
    }

    /// Opens with the passphrase.
    pub(crate) fn open_with_passphrase(&self, passphrase: &str) -> Result<Opened, WalletError> {
        let wrapped = read_json::<Wrapped>(&self.passphrase_file())?;
        Opened::found(|| wrapped.open(passphrase.as_bytes()))
    }

    /// Opens with the recovery key, and puts the key back into the keyring when there is one.
    pub(crate) fn open_with_recovery(&self, recovery: &str) -> Result<Opened, WalletError> {
        let recovery = RecoveryKey::parse(recovery)?;
        let wrapped = read_json::<Wrapped>(&self.recovery_file())?;
        let key = Opened::found(|| wrapped.open(recovery.secret()))?;
        // Without a keyring the book is open for this run; the recovery key works again next time.
        let _ = self.keep_in_keyring(&key.0);
        Ok(key)
    }

    /// Removes the key from the keyring; its copies in the folder go with the folder. A keyring that does not answer
    /// keeps a key that opens nothing any more.
    pub(crate) fn forget(&self) {
        if let Err(error) = self.secrets.remove(&self.book.to_string()) {
            tracing::warn!(%error, "the key of a removed book stays in the keyring");
        }
    }

    /// Writes, and reads back: some keyrings take a secret and lose it.
    fn keep_in_keyring(&self, key: &[u8; 32]) -> Result<(), SecretsError> {
        let (name, text) = (self.book.to_string(), hex_text(key));
        self.secrets.set(&name, &text)?;
        if *self.secrets.get(&name)? == *text { Ok(()) } else { Err(SecretsError::Unavailable) }
    }

    fn keep_under_passphrase(&self, key: &[u8; 32], passphrase: &str) -> Result<(), WalletError> {
        if passphrase.chars().count() < 8 {
            return Err(WalletError::PassphraseNeeded);
        }
        write_json(&self.passphrase_file(), &Wrapped::seal(key, passphrase.as_bytes(), &*self.random)?)
    }
}

fn hex_text(key: &[u8; 32]) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(key))
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), WalletError> {
    let temporary = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(fs::rename(&temporary, path)?)
}

/// [`write_private`] of JSON.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), WalletError> {
    let bytes = serde_json::to_vec_pretty(value).map_err(|_| WalletError::Fault("file to JSON"))?;
    write_private(path, &bytes)
}

/// Reads [`write_json`].
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, WalletError> {
    serde_json::from_slice(&fs::read(path)?).map_err(|_| WalletError::FileFailed)
}
