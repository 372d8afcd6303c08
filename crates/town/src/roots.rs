use crate::TownError;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;
use uuid::{Builder, Uuid};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What the whole town grows from: every key, password and id of its people is derived from it, so that the same
/// neighbours return after a restart and whatever they do carries the same id again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Roots {
    founded_ms: i64,
    secret: String,
}

impl Roots {
    /// Reads the file, or makes it (mode 0600) from `fresh` on the first start.
    pub(crate) fn keep(file: &Path, fresh: [u8; 32], now_ms: i64) -> Result<Roots, TownError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Roots::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let roots = Roots { founded_ms: now_ms.max(0), secret: hex::encode(fresh) };
                roots.write(file).map_err(TownError::File)?;
                Ok(roots)
            }
            Err(error) => Err(TownError::File(error)),
        }
    }

    fn read(text: &str) -> Result<Roots, TownError> {
        let roots: Roots = serde_json::from_str(text).map_err(|_| TownError::Damaged)?;
        let fits = roots.secret.len() == 64 && roots.secret.bytes().all(|b| b.is_ascii_hexdigit());
        if fits { Ok(roots) } else { Err(TownError::Damaged) }
    }

    /// Beside the place first and then moved there: a file that is there is whole.
    fn write(&self, file: &Path) -> std::io::Result<()> {
        let beside = file.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut open = options.open(&beside)?;
        open.write_all(serde_json::to_string(self)?.as_bytes())?;
        open.sync_all()?;
        std::fs::rename(&beside, file)
    }

    /// 32 bytes for one purpose of one neighbour.
    pub(crate) fn bytes(&self, handle: &str, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in ["tessera town", &self.secret, handle, purpose] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }

    /// A neighbour's device key.
    pub(crate) fn key(&self, handle: &str) -> SigningKey {
        SigningKey::from_bytes(&self.bytes(handle, "device key"))
    }

    /// A neighbour's password.
    pub(crate) fn password(&self, handle: &str) -> String {
        hex::encode(self.bytes(handle, "password"))
    }

    /// A UUIDv7 for one purpose of one neighbour, the same every time; made when the town was.
    pub(crate) fn id(&self, handle: &str, purpose: &str) -> Uuid {
        self.id_at(handle, purpose, self.founded_ms)
    }

    /// [`Self::id`], with a later time in it.
    pub(crate) fn id_at(&self, handle: &str, purpose: &str, at_ms: i64) -> Uuid {
        let bytes = self.bytes(handle, purpose);
        let mut random = [0; 10];
        random.copy_from_slice(&bytes[..10]);
        Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &random).into_uuid()
    }

    /// What makes this town's people differ from another's.
    pub(crate) fn seed(&self) -> u64 {
        let bytes = self.bytes("", "seed");
        bytes[..8].iter().fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_neighbours_return_and_the_file_is_for_its_owner_only() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("town.json");
        let first = Roots::keep(&file, [1; 32], 1_000).expect("made");
        let again = Roots::keep(&file, [2; 32], 2_000).expect("read");
        assert_eq!(first.id("rosa", "person"), again.id("rosa", "person"));
        assert_eq!(first.key("rosa").to_bytes(), again.key("rosa").to_bytes());
        assert_ne!(first.key("rosa").to_bytes(), first.key("theo").to_bytes());
        assert_eq!(first.id("rosa", "person").get_version_num(), 7);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().expect("there").permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_said_so_and_left_as_it_is() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("town.json");
        std::fs::write(&file, r#"{"founded_ms":1,"secret":"zz"}"#).expect("written");
        assert!(matches!(Roots::keep(&file, [1; 32], 1), Err(TownError::Damaged)));
        assert!(std::fs::read_to_string(&file).expect("there").contains("zz"));
    }
}
