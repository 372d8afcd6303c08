use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use pay::{Currency, Handle, Link, Money, Target, short_id};
use uuid::Uuid;

/// Bytes of a proof's nonce.
pub const NONCE_BYTES: usize = 8;
/// First byte of the signed part: the version of this form.
const VERSION: u8 = 1;
/// Version, signature, nonce, time, amount, currency, and whether a request follows.
const FIXED_BYTES: usize = 1 + 64 + NONCE_BYTES + 8 + 8 + 3 + 1;

/// What a server says about a payment that has succeeded: on the receipt of whoever paid, as a code that a shop checks
/// with the server's public key and no network. There is no such code for a payment that is still processing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Public address of the server that says it, no trailing slash.
    pub server: String,
    /// The payment. A shop that remembers the ids it accepted refuses one shown twice.
    pub payment_id: Uuid,
    /// The request it paid.
    pub request_id: Option<Uuid>,
    /// What the payee got.
    pub amount: Money,
    /// The payee's handle, without `@`.
    pub payee_handle: String,
    /// When the payment succeeded, Unix milliseconds of the server's clock.
    pub paid_at_ms: i64,
    /// The server's own number for this proof: the same payment always has the same one, nobody can guess it.
    pub nonce: [u8; NONCE_BYTES],
}

/// A proof with its signature, as read from a code. Nothing in it is true before [`SignedProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedProof {
    /// What it claims.
    pub proof: Proof,
    signature: [u8; 64],
}

/// What a shop waits for, to be compared with a proof that somebody shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The server that the shop belongs to.
    pub server: String,
    /// The shop's handle, without `@`.
    pub payee_handle: String,
    /// What was to be paid; `None`: any amount.
    pub amount: Option<Money>,
    /// The request that was to be paid; `None`: any.
    pub request_id: Option<Uuid>,
}

/// Why a code proves nothing, or not this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a proof code of a form we know.
    #[error("not a proof code")]
    NotAProof,
    /// Not signed by this server, or changed after it was.
    #[error("the proof is forged")]
    Forged,
    /// Another server's proof.
    #[error("the proof is of another server")]
    OtherServer,
    /// Somebody else was paid.
    #[error("the proof is of another payee")]
    OtherPayee,
    /// Another request was paid.
    #[error("the proof is of another request")]
    OtherRequest,
    /// Another amount was paid.
    #[error("the proof is of another amount")]
    OtherAmount,
}

impl Proof {
    /// The text that is signed: one fact a line, nothing in a line can hold a line end.
    pub fn canonical_text(&self) -> String {
        let request = self.request_id.map_or("-".to_owned(), |id| id.to_string());
        format!(
            "tessera proof v1\nserver {}\npayment {}\nrequest {request}\namount {} {}\npayee {}\npaid {}\nnonce {}\n",
            self.server,
            self.payment_id,
            self.amount.minor(),
            self.amount.currency(),
            self.payee_handle,
            self.paid_at_ms,
            hex::encode(self.nonce),
        )
    }

    /// Signs with the server's key.
    pub fn sign(self, key: &SigningKey) -> SignedProof {
        let signature = key.sign(self.canonical_text().as_bytes()).to_bytes();
        SignedProof { proof: self, signature }
    }
}

impl SignedProof {
    /// The text of the code: the address of the proof's page with the signed part behind it. Upper case throughout, so
    /// that it needs the smallest code and any phone's camera opens the page.
    pub fn to_code(&self) -> String {
        let proof = &self.proof;
        let mut bytes = Vec::with_capacity(FIXED_BYTES + 46);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.signature);
        bytes.extend_from_slice(&proof.nonce);
        bytes.extend_from_slice(&proof.paid_at_ms.to_be_bytes());
        bytes.extend_from_slice(&proof.amount.minor().to_be_bytes());
        bytes.extend_from_slice(proof.amount.currency().code().as_bytes());
        bytes.push(u8::from(proof.request_id.is_some()));
        if let Some(id) = proof.request_id {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.extend_from_slice(proof.payee_handle.as_bytes());
        let page = format!("{}/v/{}", proof.server, short_id(proof.payment_id)).to_ascii_uppercase();
        format!("{page}/{}", BASE32_NOPAD.encode(&bytes))
    }

    /// Reads [`Self::to_code`]. What it says is a claim until it is verified.
    pub fn read(code: &str) -> Result<SignedProof, ProofError> {
        let link = Link::parse(code).map_err(|_| ProofError::NotAProof)?;
        let Target::Proof(payment_id) = link.target else { return Err(ProofError::NotAProof) };
        let signed = code.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
        let bytes = BASE32_NOPAD.decode(signed.as_bytes()).map_err(|_| ProofError::NotAProof)?;
        let mut rest = Bytes(&bytes);
        if rest.take::<1>()? != [VERSION] {
            return Err(ProofError::NotAProof);
        }
        let signature = rest.take::<64>()?;
        let nonce = rest.take::<NONCE_BYTES>()?;
        let paid_at_ms = i64::from_be_bytes(rest.take()?);
        let minor = i64::from_be_bytes(rest.take()?);
        let code = rest.take::<3>()?;
        let request_id = match rest.take::<1>()? {
            [0] => None,
            [1] => Some(Uuid::from_bytes(rest.take()?)),
            _ => return Err(ProofError::NotAProof),
        };
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ProofError::NotAProof);
        let currency = Currency::from_code(text(&code)?).map_err(|_| ProofError::NotAProof)?;
        let amount = Money::new(minor, currency).map_err(|_| ProofError::NotAProof)?;
        let handle = text(rest.0)?;
        let payee_handle = Handle::parse(handle).map_err(|_| ProofError::NotAProof)?.as_str().to_owned();
        if payee_handle != handle {
            return Err(ProofError::NotAProof);
        }
        let proof = Proof { server: link.server, payment_id, request_id, amount, payee_handle, paid_at_ms, nonce };
        Ok(SignedProof { proof, signature })
    }

    /// Checks that the server with this key says so.
    pub fn verify(&self, key: &VerifyingKey) -> Result<&Proof, ProofError> {
        let signature = Signature::from_bytes(&self.signature);
        let right = key.verify_strict(self.proof.canonical_text().as_bytes(), &signature);
        right.map(|()| &self.proof).map_err(|_| ProofError::Forged)
    }

    /// [`Self::verify`], and that it proves what was asked for. The server is compared first: another server's proof is
    /// not a forgery of ours. Whether the payment was shown before is for the caller, who keeps the ids.
    pub fn check(&self, key: &VerifyingKey, asked: &Asked) -> Result<&Proof, ProofError> {
        if self.proof.server != asked.server {
            return Err(ProofError::OtherServer);
        }
        let proof = self.verify(key)?;
        if proof.payee_handle != asked.payee_handle {
            return Err(ProofError::OtherPayee);
        }
        if asked.request_id.is_some() && proof.request_id != asked.request_id {
            return Err(ProofError::OtherRequest);
        }
        if asked.amount.is_some_and(|amount| amount != proof.amount) {
            return Err(ProofError::OtherAmount);
        }
        Ok(proof)
    }
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ProofError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(ProofError::NotAProof)?;
        self.0 = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn proof() -> Proof {
        Proof {
            server: "https://pay.example".into(),
            payment_id: Uuid::from_u128(0x0192_f3c4_5678_7abc_8def_0123_4567_89ab),
            request_id: Some(Uuid::from_u128(9)),
            amount: Money::new(1450, Currency::USD).expect("amount"),
            payee_handle: "harbor".into(),
            paid_at_ms: 1_795_435_200_000,
            nonce: [3; NONCE_BYTES],
        }
    }

    fn asked() -> Asked {
        let Proof { server, payee_handle, amount, request_id, .. } = proof();
        Asked { server, payee_handle, amount: Some(amount), request_id }
    }

    #[test]
    fn a_code_carries_the_whole_proof_and_verifies_offline() {
        for request_id in [None, proof().request_id] {
            let signed = Proof { request_id, ..proof() }.sign(&key());
            let code = signed.to_code();
            assert!(code.len() < 290 && !code.bytes().any(|b| b.is_ascii_lowercase()), "{code}");
            let read = SignedProof::read(&code).expect("read");
            assert_eq!(read, signed);
            assert_eq!(read.verify(&key().verifying_key()), Ok(&signed.proof));
            assert_eq!(SignedProof::read(&code.to_ascii_lowercase()), Ok(signed));
        }
    }

    #[test]
    fn the_signed_text_says_each_fact_on_a_line_of_its_own() {
        let expected = "tessera proof v1\nserver https://pay.example\n\
            payment 0192f3c4-5678-7abc-8def-0123456789ab\nrequest 00000000-0000-0000-0000-000000000009\n\
            amount 1450 USD\npayee harbor\npaid 1795435200000\nnonce 0303030303030303\n";
        assert_eq!(proof().canonical_text(), expected);
    }

    #[test]
    fn every_altered_fact_is_a_forgery() {
        let changes: [fn(&mut Proof); 8] = [
            |p| p.amount = Money::new(1451, Currency::USD).expect("amount"),
            |p| p.amount = Money::new(1450, Currency::from_code("EUR").expect("euro")).expect("amount"),
            |p| p.payee_handle = "harbour".into(),
            |p| p.payment_id = Uuid::from_u128(1),
            |p| p.request_id = None,
            |p| p.paid_at_ms += 1,
            |p| p.nonce[0] ^= 1,
            |p| p.server = "https://pay.example:444".into(),
        ];
        let public = key().verifying_key();
        for change in changes {
            let mut altered = proof().sign(&key());
            change(&mut altered.proof);
            let read = SignedProof::read(&altered.to_code()).expect("the form is right");
            assert_eq!(read.verify(&public), Err(ProofError::Forged), "{:?}", read.proof);
        }
    }

    #[test]
    fn every_altered_character_of_a_code_is_refused() {
        let code = proof().sign(&key()).to_code();
        let public = key().verifying_key();
        for at in 0..code.len() {
            let mut bytes = code.clone().into_bytes();
            bytes[at] = if bytes[at] == b'7' { b'6' } else { b'7' };
            let altered = String::from_utf8(bytes).expect("text");
            let passed = SignedProof::read(&altered).is_ok_and(|read| read.verify(&public).is_ok());
            assert!(!passed, "{altered}");
        }
    }

    #[test]
    fn another_key_signs_nothing_for_this_server() {
        let forged = proof().sign(&SigningKey::from_bytes(&[8; 32]));
        assert_eq!(forged.check(&key().verifying_key(), &asked()), Err(ProofError::Forged));
    }

    #[test]
    fn a_genuine_proof_of_something_else_is_named() {
        let public = key().verifying_key();
        let of = |change: fn(&mut Proof)| {
            let mut other = proof();
            change(&mut other);
            other.sign(&key()).check(&public, &asked()).map(|_| ())
        };
        assert_eq!(of(|_| {}), Ok(()));
        assert_eq!(of(|p| p.payee_handle = "other.shop".into()), Err(ProofError::OtherPayee));
        assert_eq!(of(|p| p.request_id = Some(Uuid::from_u128(8))), Err(ProofError::OtherRequest));
        assert_eq!(of(|p| p.amount = Money::new(145, Currency::USD).expect("amount")), Err(ProofError::OtherAmount));
        assert_eq!(of(|p| p.server = "https://evil.example".into()), Err(ProofError::OtherServer));
    }

    #[test]
    fn what_is_no_proof_is_said_to_be_none() {
        let code = proof().sign(&key()).to_code();
        for text in ["", "https://pay.example/@harbor", "https://pay.example/v/01J5Z3T0000000000000000000", "PAID"] {
            assert_eq!(SignedProof::read(text), Err(ProofError::NotAProof), "{text}");
        }
        for cut in 1..code.len() {
            let whole = SignedProof::read(&code[..cut]).is_ok_and(|p| p.verify(&key().verifying_key()).is_ok());
            assert!(!whole, "{cut}");
        }
    }
}
