use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How far apart the client's and the server's clocks may be, seconds.
const TOLERANCE_S: i64 = 300;

/// One HTTP attempt to be signed or checked, by RFC 9421 (HTTP Message Signatures).
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Upper case.
    pub method: &'a str,
    /// Whole address: server's public address, path and query.
    pub target_uri: &'a str,
    /// Body bytes; empty when there is none.
    pub body: &'a [u8],
    /// Key of a mutating call.
    pub idempotency_key: Option<&'a str>,
}

/// The headers that carry a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Content-Digest` (RFC 9530), SHA-256.
    pub content_digest: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// Why an attempt's signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or not of this form.
    #[error("signature headers missing or malformed")]
    Malformed,
    /// The body is not the one that was signed.
    #[error("content digest does not match the body")]
    Digest,
    /// Signed too long ago or in the future.
    #[error("signature time is too far from now")]
    Clock,
    /// Not made by this key over this request.
    #[error("signature does not match")]
    Mismatch,
}

/// `Content-Digest` of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// A public key as text: base64url without padding.
pub fn key_to_text(key: &VerifyingKey) -> String {
    URL_SAFE_NO_PAD.encode(key.as_bytes())
}

/// Reads [`key_to_text`]; weak keys are refused.
pub fn device_key_from_text(text: &str) -> Option<VerifyingKey> {
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
}

/// Signs one attempt. `nonce` must be fresh each time, `now_s` is server time as the client knows it, Unix seconds.
pub fn sign_attempt(
    attempt: &Attempt<'_>,
    key: &SigningKey,
    key_id: Uuid,
    nonce: [u8; 16],
    now_s: i64,
) -> SignedHeaders {
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let names = component_names(attempt.idempotency_key.is_some());
    let parameters = format!("({names});created={now_s};nonce=\"{nonce}\";keyid=\"{key_id}\";alg=\"ed25519\"");
    let content_digest = content_digest(attempt.body);
    let base = signature_base(attempt, &content_digest, &parameters);
    let signature = STANDARD.encode(key.sign(base.as_bytes()).to_bytes());
    SignedHeaders {
        content_digest,
        signature_input: format!("tessera={parameters}"),
        signature: format!("tessera=:{signature}:"),
    }
}

/// What a signature says about itself, before and after checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The device that signed.
    pub key_id: Uuid,
    /// Fresh per attempt; the server refuses one it has seen.
    pub nonce: String,
    /// Unix seconds.
    pub created_s: i64,
}

impl SignedHeaders {
    /// Reads who claims to have signed, without checking anything yet.
    pub fn claim(&self) -> Result<Claim, SignatureError> {
        let input = self.signature_input.strip_prefix("tessera=(").ok_or(SignatureError::Malformed)?;
        let (_, parameters) = input.split_once(')').ok_or(SignatureError::Malformed)?;
        let value = |name: &str| {
            let mut found = parameters.split(';').filter_map(|p| p.strip_prefix(name)?.strip_prefix('='));
            found.next().ok_or(SignatureError::Malformed)
        };
        if value("alg")? != "\"ed25519\"" {
            return Err(SignatureError::Malformed);
        }
        let key_id = Uuid::try_parse(value("keyid")?.trim_matches('"')).map_err(|_| SignatureError::Malformed)?;
        let created_s = value("created")?.parse().map_err(|_| SignatureError::Malformed)?;
        let nonce = value("nonce")?.trim_matches('"').to_owned();
        if nonce.len() < 16 { Err(SignatureError::Malformed) } else { Ok(Claim { key_id, nonce, created_s }) }
    }
}

/// Checks an attempt against the key registered for the claimed device and the server's clock (Unix seconds).
pub fn verify_attempt(
    attempt: &Attempt<'_>,
    headers: &SignedHeaders,
    key: &VerifyingKey,
    now_s: i64,
) -> Result<Claim, SignatureError> {
    let claim = headers.claim()?;
    if headers.content_digest != content_digest(attempt.body) {
        return Err(SignatureError::Digest);
    }
    let parameters = headers.signature_input.strip_prefix("tessera=").ok_or(SignatureError::Malformed)?;
    let names = component_names(attempt.idempotency_key.is_some());
    if !parameters.starts_with(&format!("({names});")) {
        return Err(SignatureError::Malformed);
    }
    let text = headers.signature.strip_prefix("tessera=:").and_then(|s| s.strip_suffix(':'));
    let bytes = text.and_then(|s| STANDARD.decode(s).ok()).ok_or(SignatureError::Malformed)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| SignatureError::Malformed)?;
    let base = signature_base(attempt, &headers.content_digest, parameters);
    key.verify_strict(base.as_bytes(), &signature).map_err(|_| SignatureError::Mismatch)?;
    if now_s.abs_diff(claim.created_s) > TOLERANCE_S.unsigned_abs() { Err(SignatureError::Clock) } else { Ok(claim) }
}

fn component_names(with_key: bool) -> String {
    let key = if with_key { " \"idempotency-key\"" } else { "" };
    format!("\"@method\" \"@target-uri\" \"content-digest\"{key}")
}

/// RFC 9421 section 2.5: one line a component, the parameters last.
fn signature_base(attempt: &Attempt<'_>, content_digest: &str, parameters: &str) -> String {
    let key = attempt.idempotency_key.map(|key| format!("\"idempotency-key\": {key}\n")).unwrap_or_default();
    format!(
        "\"@method\": {}\n\"@target-uri\": {}\n\"content-digest\": {content_digest}\n{key}\"@signature-params\": {parameters}",
        attempt.method, attempt.target_uri
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_800_000_000;

    fn attempt(body: &'static [u8]) -> Attempt<'static> {
        Attempt { method: "POST", target_uri: "https://pay.example/v1/payments", body, idempotency_key: Some("k1") }
    }

    fn signed() -> (SigningKey, SignedHeaders) {
        let key = SigningKey::from_bytes(&[9; 32]);
        let headers = sign_attempt(&attempt(b"{}"), &key, Uuid::from_u128(1), [1; 16], NOW_S);
        (key, headers)
    }

    #[test]
    fn a_signed_attempt_verifies_once_for_what_it_says() {
        let (key, headers) = signed();
        let claim = verify_attempt(&attempt(b"{}"), &headers, &key.verifying_key(), NOW_S + 10).expect("verified");
        assert_eq!(claim.key_id, Uuid::from_u128(1));
    }

    #[test]
    fn another_body_method_address_or_key_is_refused() {
        let (key, headers) = signed();
        let public = key.verifying_key();
        let check = |a: Attempt<'_>| verify_attempt(&a, &headers, &public, NOW_S);
        assert_eq!(check(attempt(b"{ }")), Err(SignatureError::Digest));
        assert_eq!(check(Attempt { method: "PUT", ..attempt(b"{}") }), Err(SignatureError::Mismatch));
        let elsewhere = Attempt { target_uri: "https://evil.example/v1/payments", ..attempt(b"{}") };
        assert_eq!(check(elsewhere), Err(SignatureError::Mismatch));
        assert_eq!(check(Attempt { idempotency_key: Some("k2"), ..attempt(b"{}") }), Err(SignatureError::Mismatch));
        assert_eq!(check(Attempt { idempotency_key: None, ..attempt(b"{}") }), Err(SignatureError::Malformed));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(verify_attempt(&attempt(b"{}"), &headers, &other, NOW_S), Err(SignatureError::Mismatch));
    }

    #[test]
    fn an_old_or_future_signature_is_a_clock_problem() {
        let (key, headers) = signed();
        for now in [NOW_S - 301, NOW_S + 301, NOW_S + 31_536_000] {
            let result = verify_attempt(&attempt(b"{}"), &headers, &key.verifying_key(), now);
            assert_eq!(result, Err(SignatureError::Clock));
        }
    }

    #[test]
    fn hostile_headers_are_malformed_not_a_panic() {
        let (key, good) = signed();
        for input in ["", "tessera=", "tessera=()", "x=(\"@method\");created=1", "tessera=(;created=é"] {
            let headers = SignedHeaders { signature_input: input.into(), ..good.clone() };
            let result = verify_attempt(&attempt(b"{}"), &headers, &key.verifying_key(), NOW_S);
            assert_eq!(result, Err(SignatureError::Malformed), "{input}");
        }
    }
}
