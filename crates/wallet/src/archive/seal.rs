//! The sealed file around an archive's lines: a head, chunks of XChaCha20-Poly1305 in the STREAM construction, which
//! notices a chunk that is changed, missing, doubled or moved, and an end.

use std::io::{Read, Write};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::WalletError;
use crate::outside::Random;

const MAGIC: &[u8; 16] = b"TESSERA-ARCHIVE\n";
/// The newest form this app reads, and the one it writes.
const VERSION: u8 = 1;
const SALT: usize = 16;
/// STREAM adds four bytes of counter and one that marks the last chunk.
const NONCE: usize = 19;
const TAG: usize = 16;
/// Everything before the check of the passphrase.
const OPEN_HEAD: usize = MAGIC.len() + 1 + SALT + NONCE;
const HEAD: usize = OPEN_HEAD + TAG;
/// Bytes of text in a chunk.
pub(super) const CHUNK: usize = 65_536;
/// Says that the file is whole. It proves nothing: it only tells a cut file from a changed one.
const END: &[u8; 12] = b"TESSERA-END\n";

/// The key of one archive.
pub(super) struct ArchiveKey(Zeroizing<[u8; 32]>);

impl ArchiveKey {
    /// Argon2id with 64 MiB and three passes: dearer than a database key's, because whoever has the file has all the
    /// time there is. Takes a noticeable part of a second.
    fn derive(passphrase: &str, salt: &[u8]) -> Result<Self, WalletError> {
        let params = Params::new(65_536, 3, 1, Some(32)).map_err(|_| WalletError::Fault("argon2 parameters"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
            .map_err(|_| WalletError::Fault("argon2"))?;
        Ok(ArchiveKey(key))
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, WalletError> {
        XChaCha20Poly1305::new_from_slice(&*self.0).map_err(|_| WalletError::Fault("cipher key"))
    }

    /// What the head ends with: only this key, over exactly this head, makes it. Chunks never use its nonce, whose last
    /// byte is neither of the two theirs may end with.
    fn check(&self, head: &[u8]) -> Result<Vec<u8>, WalletError> {
        let payload = Payload { msg: &[], aad: head };
        self.cipher()?
            .encrypt(XNonce::from_slice(&[0xff; NONCE + 5]), payload)
            .map_err(|_| WalletError::Fault("sealing an archive"))
    }
}

/// Seals what is written into it.
pub(super) struct Sealing<W> {
    out: W,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    head: Vec<u8>,
    waiting: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealing<W> {
    /// Writes the head. Gives the key too, so that what was written can be read back without deriving it again.
    pub(super) fn begin(out: W, passphrase: &str, random: &dyn Random) -> Result<(Self, ArchiveKey), WalletError> {
        let mut fresh = [0; SALT + NONCE];
        random.fill(&mut fresh);
        let key = ArchiveKey::derive(passphrase, &fresh[..SALT])?;
        Ok((Sealing::under(out, &key, fresh)?, key))
    }

    /// Writes the head with a key that was derived from the salt in `fresh`.
    fn under(mut out: W, key: &ArchiveKey, fresh: [u8; SALT + NONCE]) -> Result<Self, WalletError> {
        let mut head = [MAGIC.as_slice(), &[VERSION], &fresh].concat();
        head.extend(key.check(&head)?);
        out.write_all(&head)?;
        let stream = EncryptorBE32::from_aead(key.cipher()?, (&fresh[SALT..]).into());
        Ok(Sealing { out, stream, head, waiting: Zeroizing::new(Vec::with_capacity(CHUNK)) })
    }

    /// Adds text.
    pub(super) fn add(&mut self, mut text: &[u8]) -> Result<(), WalletError> {
        while !text.is_empty() {
            if self.waiting.len() == CHUNK {
                let payload = Payload { msg: &self.waiting, aad: &self.head };
                let sealed = self.stream.encrypt_next(payload).map_err(|_| WalletError::Fault("sealing an archive"))?;
                self.out.write_all(&sealed)?;
                self.waiting.clear();
            }
            let (now, later) = text.split_at(text.len().min(CHUNK - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            text = later;
        }
        Ok(())
    }

    /// Seals the last chunk and writes the end.
    pub(super) fn finish(mut self) -> Result<W, WalletError> {
        let payload = Payload { msg: &self.waiting, aad: &self.head };
        let sealed = self.stream.encrypt_last(payload).map_err(|_| WalletError::Fault("sealing an archive"))?;
        self.out.write_all(&sealed)?;
        self.out.write_all(END)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// How an archive is opened.
pub(super) enum With<'a> {
    Passphrase(&'a str),
    Key(&'a ArchiveKey),
}

/// Opens a sealed file chunk by chunk.
pub(super) struct Unsealing<R> {
    input: R,
    /// Gone after the last chunk.
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    head: Vec<u8>,
    ahead: Vec<u8>,
}

impl<R: Read> Unsealing<R> {
    /// Reads the head. [`WalletError::NotAnArchive`], [`WalletError::ArchiveNewer`], [`WalletError::ArchiveCut`],
    /// [`WalletError::WrongPassphrase`].
    pub(super) fn begin(mut input: R, with: With<'_>) -> Result<Self, WalletError> {
        let mut head = Vec::with_capacity(HEAD);
        input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        let known = head.len().min(MAGIC.len());
        if head.is_empty() || head[..known] != MAGIC[..known] {
            return Err(WalletError::NotAnArchive);
        }
        if head.len() < HEAD {
            return Err(WalletError::ArchiveCut);
        }
        if head[MAGIC.len()] != VERSION {
            return Err(WalletError::ArchiveNewer);
        }
        let fresh = &head[MAGIC.len() + 1..OPEN_HEAD];
        let derived;
        let key = match with {
            With::Key(key) => key,
            With::Passphrase(passphrase) => {
                derived = ArchiveKey::derive(passphrase, &fresh[..SALT])?;
                &derived
            }
        };
        if key.check(&head[..OPEN_HEAD])? != head[OPEN_HEAD..] {
            return Err(WalletError::WrongPassphrase);
        }
        let stream = DecryptorBE32::from_aead(key.cipher()?, (&fresh[SALT..]).into());
        Ok(Unsealing { input, stream: Some(stream), head, ahead: Vec::new() })
    }

    /// The text of the next chunk; nothing after the last. [`WalletError::ArchiveCut`], [`WalletError::ArchiveChanged`].
    pub(super) fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, WalletError> {
        let Some(mut stream) = self.stream.take() else { return Ok(None) };
        const WHOLE: usize = CHUNK + TAG;
        let wanted = WHOLE + END.len() + 1;
        let missing = wanted.saturating_sub(self.ahead.len());
        self.input.by_ref().take(missing as u64).read_to_end(&mut self.ahead)?;
        if self.ahead.len() == wanted {
            let payload = Payload { msg: &self.ahead[..WHOLE], aad: &self.head };
            let text = stream.decrypt_next(payload).map_err(|_| WalletError::ArchiveChanged)?;
            self.ahead.drain(..WHOLE);
            self.stream = Some(stream);
            return Ok(Some(Zeroizing::new(text)));
        }
        let Some(last) = self.ahead.strip_suffix(END.as_slice()) else { return Err(WalletError::ArchiveCut) };
        let payload = Payload { msg: last, aad: &self.head };
        let text = stream.decrypt_last(payload).map_err(|_| WalletError::ArchiveChanged)?;
        Ok(Some(Zeroizing::new(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::SystemRandom;

    const PASSPHRASE: &str = "four words nobody guesses";

    impl Sealing<Vec<u8>> {
        /// Under a key that no passphrase was turned into: that takes its time.
        pub(in super::super) fn under_any_key(out: Vec<u8>) -> (Self, ArchiveKey) {
            let (key, mut fresh) = (ArchiveKey(Zeroizing::new([7; 32])), [0; SALT + NONCE]);
            SystemRandom.fill(&mut fresh);
            (Sealing::under(out, &key, fresh).expect("begun"), key)
        }
    }

    fn sealed(text: &[u8]) -> (Vec<u8>, ArchiveKey) {
        let (mut sealing, key) = Sealing::under_any_key(Vec::new());
        for part in text.chunks(10_007) {
            sealing.add(part).expect("added");
        }
        (sealing.finish().expect("finished"), key)
    }

    fn opened(file: &[u8], with: With<'_>) -> Result<Vec<u8>, WalletError> {
        let mut unsealing = Unsealing::begin(file, with)?;
        let mut text = Vec::new();
        while let Some(chunk) = unsealing.next()? {
            text.extend_from_slice(&chunk);
        }
        Ok(text)
    }

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 31 % 251) as u8).collect()
    }

    #[test]
    fn text_of_every_awkward_length_comes_back() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17] {
            let (file, key) = sealed(&text(length));
            assert_eq!(opened(&file, With::Key(&key)), Ok(text(length)), "{length} bytes");
        }
        let (mut sealing, _) = Sealing::begin(Vec::new(), PASSPHRASE, &SystemRandom).expect("begun");
        sealing.add(b"hello").expect("added");
        let file = sealing.finish().expect("finished");
        assert_eq!(opened(&file, With::Passphrase(PASSPHRASE)), Ok(b"hello".to_vec()));
        assert_eq!(opened(&file, With::Passphrase("four words nobody guessed")), Err(WalletError::WrongPassphrase));
    }

    #[test]
    fn a_byte_flipped_anywhere_is_refused() {
        let (file, key) = sealed(&text(2 * CHUNK + 100));
        let every = (0..HEAD).chain((HEAD..file.len()).step_by(997)).chain(file.len() - 40..file.len());
        for at in every {
            for bit in [0x01, 0x80] {
                let mut changed = file.clone();
                changed[at] ^= bit;
                let error = opened(&changed, With::Key(&key)).expect_err("refused");
                let fits = match at {
                    0..16 => error == WalletError::NotAnArchive,
                    16 => error == WalletError::ArchiveNewer,
                    17..HEAD => error == WalletError::WrongPassphrase,
                    at if at >= file.len() - END.len() => error == WalletError::ArchiveCut,
                    _ => error == WalletError::ArchiveChanged,
                };
                assert!(fits, "byte {at}: {error}");
            }
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_refused_and_called_cut() {
        let (file, key) = sealed(&text(2 * CHUNK + 100));
        let edges = [0, 1, 16, HEAD - 1, HEAD, HEAD + CHUNK + TAG, HEAD + 2 * (CHUNK + TAG), file.len() - 1];
        for length in edges.into_iter().chain((0..file.len()).step_by(1_009)) {
            let error = opened(&file[..length], With::Key(&key)).expect_err("refused");
            let wanted = if length == 0 { WalletError::NotAnArchive } else { WalletError::ArchiveCut };
            assert_eq!(error, wanted, "{length} bytes");
        }
    }

    #[test]
    fn chunks_moved_doubled_left_out_or_of_another_archive_are_refused() {
        let (file, key) = sealed(&text(3 * CHUNK));
        let (other, _) = sealed(&text(3 * CHUNK));
        let at = |n: usize| HEAD + n * (CHUNK + TAG);
        let chunk = |file: &[u8], n: usize| file[at(n)..at(n + 1)].to_vec();
        let end = file[at(2)..].to_vec();
        let head = file[..HEAD].to_vec();
        for (what, parts) in [
            ("moved", vec![head.clone(), chunk(&file, 1), chunk(&file, 0), end.clone()]),
            ("doubled", vec![head.clone(), chunk(&file, 0), chunk(&file, 0), chunk(&file, 1), end.clone()]),
            ("left out", vec![head.clone(), chunk(&file, 0), end.clone()]),
            ("another's", vec![head.clone(), chunk(&other, 0), chunk(&file, 1), end.clone()]),
            ("added", vec![head, chunk(&file, 0), chunk(&file, 1), end.clone(), end]),
        ] {
            assert_eq!(opened(&parts.concat(), With::Key(&key)), Err(WalletError::ArchiveChanged), "{what}");
        }
        assert_eq!(opened(b"PK\x03\x04 a zip", With::Key(&key)), Err(WalletError::NotAnArchive));
    }
}
