use crate::body::Amount;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use pay::Money;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a person agreed to in the confirmation window, whole. It is signed once, when they confirm, and kept by both
/// sides for ever; the signature does not age, so an order confirmed offline can be sent later without asking again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The payment's id, UUIDv7: also the idempotency key of every attempt.
    pub id: Uuid,
    /// Public address of the server that is to carry it out; no other server may.
    pub server: String,
    /// Who pays.
    pub payer_id: Uuid,
    /// The device that signed.
    pub device_id: Uuid,
    /// Who is paid.
    pub payee_id: Uuid,
    /// The payee's handle as it was shown.
    pub payee_handle: String,
    /// The payee's name as it was shown.
    pub payee_name: String,
    /// What the payee gets.
    pub amount: Amount,
    /// What the payer was shown on top.
    pub fee: Amount,
    /// Where the money comes from.
    pub source_id: Uuid,
    /// The request it pays.
    pub request_id: Option<Uuid>,
    /// Text for the payee.
    pub note: String,
    /// When it was confirmed, by the device's clock.
    pub confirmed_at_ms: i64,
    /// Not to be carried out after this.
    pub expires_at_ms: i64,
}

/// An order with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedOrder {
    /// The order.
    pub order: Order,
    /// Ed25519 over [`Order::canonical_bytes`], base64url without padding.
    pub signature: String,
}

/// Why a signed order cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// An amount is not money.
    #[error("amount in the order is not money")]
    Amount(#[from] pay::MoneyError),
    /// The signature is not one of this key over this order.
    #[error("order signature does not match")]
    Signature,
}

/// Bytes that are signed, being put together.
pub(crate) struct Canonical(pub(crate) Vec<u8>);

impl Canonical {
    pub(crate) fn new(domain: &str) -> Self {
        Canonical(format!("{domain}\n").into_bytes())
    }

    pub(crate) fn field(&mut self, content: &[u8]) {
        self.0.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(content);
    }

    pub(crate) fn money(&mut self, money: Money) {
        self.field(&money.minor().to_be_bytes());
        self.field(money.currency().code().as_bytes());
    }
}

impl Order {
    /// The bytes that are signed: a domain line, then each field with its length (32-bit big endian) before it, so
    /// that no two orders share bytes. Amounts go in as minor units and currency code.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, OrderError> {
        let amount = Money::try_from(&self.amount)?;
        let fee = Money::try_from(&self.fee)?;
        let mut canonical = Canonical::new("tessera order v1");
        canonical.field(self.id.as_bytes());
        canonical.field(self.server.as_bytes());
        canonical.field(self.payer_id.as_bytes());
        canonical.field(self.device_id.as_bytes());
        canonical.field(self.payee_id.as_bytes());
        canonical.field(self.payee_handle.as_bytes());
        canonical.field(self.payee_name.as_bytes());
        canonical.money(amount);
        canonical.money(fee);
        canonical.field(self.source_id.as_bytes());
        canonical.field(self.request_id.map(Uuid::into_bytes).as_ref().map_or(&[][..], |id| &id[..]));
        canonical.field(self.note.as_bytes());
        canonical.field(&self.confirmed_at_ms.to_be_bytes());
        canonical.field(&self.expires_at_ms.to_be_bytes());
        Ok(canonical.0)
    }

    /// SHA-256 of the canonical bytes; the ledger keeps it with the transfer.
    pub fn digest(&self) -> Result<[u8; 32], OrderError> {
        Ok(Sha256::digest(self.canonical_bytes()?).into())
    }

    /// Signs, once, with the device's key.
    pub fn sign(self, key: &SigningKey) -> Result<SignedOrder, OrderError> {
        let signature = signed_by(key, &self.canonical_bytes()?);
        Ok(SignedOrder { order: self, signature })
    }
}

impl SignedOrder {
    /// Checks the signature against the device's registered key.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), OrderError> {
        check(key, &self.order.canonical_bytes()?, &self.signature)
    }
}

/// Ed25519, base64url without padding.
pub(crate) fn signed_by(key: &SigningKey, bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(key.sign(bytes).to_bytes())
}

pub(crate) fn check(key: &VerifyingKey, bytes: &[u8], signature: &str) -> Result<(), OrderError> {
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| OrderError::Signature)?;
    let signature = Signature::from_slice(&signature).map_err(|_| OrderError::Signature)?;
    key.verify_strict(bytes, &signature).map_err(|_| OrderError::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        let usd = |value: &str| Amount { value: value.into(), currency: "USD".into() };
        Order {
            id: Uuid::from_u128(1),
            server: "https://pay.example".into(),
            payer_id: Uuid::from_u128(2),
            device_id: Uuid::from_u128(3),
            payee_id: Uuid::from_u128(4),
            payee_handle: "harbor".into(),
            payee_name: "Harbor Bakery".into(),
            amount: usd("14.50"),
            fee: usd("0.00"),
            source_id: Uuid::from_u128(5),
            request_id: None,
            note: "two coffees".into(),
            confirmed_at_ms: 1,
            expires_at_ms: 2,
        }
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn a_signed_order_verifies_and_any_change_breaks_it() {
        let signed = order().sign(&key()).expect("signed");
        let public = key().verifying_key();
        assert_eq!(signed.verify(&public), Ok(()));
        let changes: [fn(&mut Order); 8] = [
            |o| o.amount.value = "14.51".into(),
            |o| o.amount.currency = "EUR".into(),
            |o| o.fee.value = "0.01".into(),
            |o| o.payee_id = Uuid::from_u128(9),
            |o| o.payee_name = "Harbour Bakery".into(),
            |o| o.server = "https://evil.example".into(),
            |o| o.note = String::new(),
            |o| o.request_id = Some(Uuid::nil()),
        ];
        for change in changes {
            let mut forged = signed.clone();
            change(&mut forged.order);
            assert_eq!(forged.verify(&public), Err(OrderError::Signature));
        }
    }

    #[test]
    fn moving_a_letter_between_fields_changes_the_bytes() {
        let (mut a, mut b) = (order(), order());
        (a.payee_handle, a.payee_name) = ("ab".into(), "c".into());
        (b.payee_handle, b.payee_name) = ("a".into(), "bc".into());
        assert_ne!(a.canonical_bytes(), b.canonical_bytes());
    }

    #[test]
    fn the_same_amount_written_differently_is_the_same_order() {
        let mut other = order();
        other.amount.value = "14.5".into();
        assert_eq!(other.canonical_bytes(), order().canonical_bytes());
    }
}
