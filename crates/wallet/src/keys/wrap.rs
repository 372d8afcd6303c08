use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::WalletError;
use crate::outside::Random;

/// What the sealed bytes are bound to.
const PURPOSE: &[u8] = b"tessera database key 1";

/// Cost of a guess, as OWASP advises for Argon2id: 19 MiB, two passes, one lane.
pub(super) fn argon() -> Result<Argon2<'static>, WalletError> {
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(|_| WalletError::Fault("argon2 parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A database key sealed by XChaCha20-Poly1305 under a key that Argon2id makes from a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wrapped {
    salt: String,
    nonce: String,
    sealed: String,
}

impl Wrapped {
    /// Seals `key` under `secret`. Takes a noticeable part of a second.
    pub(crate) fn seal(key: &[u8; 32], secret: &[u8], random: &dyn Random) -> Result<Self, WalletError> {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        random.fill(&mut salt);
        random.fill(&mut nonce);
        let payload = Payload { msg: key, aad: PURPOSE };
        let sealed = cipher(secret, &salt)?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| WalletError::Fault("sealing a key"))?;
        Ok(Wrapped { salt: hex::encode(salt), nonce: hex::encode(nonce), sealed: hex::encode(sealed) })
    }

    /// Opens it again; [`WalletError::WrongPassphrase`] when `secret` is another or a byte was changed.
    pub(crate) fn open(&self, secret: &[u8]) -> Result<Zeroizing<[u8; 32]>, WalletError> {
        let bytes = |text: &str| hex::decode(text).map_err(|_| WalletError::FileFailed);
        let (salt, nonce, sealed) = (bytes(&self.salt)?, bytes(&self.nonce)?, bytes(&self.sealed)?);
        if nonce.len() != 24 {
            return Err(WalletError::FileFailed);
        }
        let payload = Payload { msg: &sealed, aad: PURPOSE };
        let opened = cipher(secret, &salt)?.decrypt(XNonce::from_slice(&nonce), payload).map(Zeroizing::new);
        let opened = opened.map_err(|_| WalletError::WrongPassphrase)?;
        let key: [u8; 32] = opened.as_slice().try_into().map_err(|_| WalletError::FileFailed)?;
        Ok(Zeroizing::new(key))
    }
}

fn cipher(secret: &[u8], salt: &[u8]) -> Result<XChaCha20Poly1305, WalletError> {
    let mut key = Zeroizing::new([0; 32]);
    argon()?.hash_password_into(secret, salt, key.as_mut()).map_err(|_| WalletError::FileFailed)?;
    XChaCha20Poly1305::new_from_slice(key.as_ref()).map_err(|_| WalletError::Fault("cipher key"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::SystemRandom;

    #[test]
    fn only_the_secret_opens_what_it_sealed() {
        let wrapped = Wrapped::seal(&[7; 32], b"open sesame", &SystemRandom).expect("sealed");
        assert_eq!(wrapped.open(b"open sesame").as_deref(), Ok(&[7; 32]));
        assert_eq!(wrapped.open(b"open sesamf").err(), Some(WalletError::WrongPassphrase));
        let text = serde_json::to_string(&wrapped).expect("json");
        assert!(!text.contains(&hex::encode([7; 32])));
        let mut broken = wrapped.clone();
        broken.nonce.truncate(4);
        assert_eq!(broken.open(b"open sesame").err(), Some(WalletError::FileFailed));
    }
}
