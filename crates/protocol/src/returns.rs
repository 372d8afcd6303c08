//! Giving money back: whole or in parts, to exactly the source it came from. Never a payment to whoever sent it.

use crate::body::Amount;
use crate::order::{Canonical, OrderError, check, signed_by};
use ed25519_dalek::{SigningKey, VerifyingKey};
use pay::Money;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// What somebody who was paid agreed to in the confirmation window: that this much of one payment goes back. It names no
/// source and no fee, because neither is theirs to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnOrder {
    /// Id of the return, UUIDv7: also the idempotency key of every attempt.
    pub id: Uuid,
    /// Public address of the server that is to carry it out; no other server may.
    pub server: String,
    /// Who was paid and gives back.
    pub payee_id: Uuid,
    /// The device that signed.
    pub device_id: Uuid,
    /// The payment that is given back.
    pub payment_id: Uuid,
    /// Who had paid it.
    pub payer_id: Uuid,
    /// Their handle as it was shown.
    pub payer_handle: String,
    /// Their name as it was shown.
    pub payer_name: String,
    /// How much goes back; at most what is left of the payment.
    pub amount: Amount,
    /// When it was confirmed, by the device's clock.
    pub confirmed_at_ms: i64,
    /// Not to be carried out after this.
    pub expires_at_ms: i64,
}

/// A return with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedReturn {
    /// The return.
    pub order: ReturnOrder,
    /// Ed25519 over [`ReturnOrder::canonical_bytes`], base64url without padding.
    pub signature: String,
}

impl ReturnOrder {
    /// The bytes that are signed, made as those of an order are, under a domain of their own: neither can pass for the
    /// other.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, OrderError> {
        let amount = Money::try_from(&self.amount)?;
        let mut canonical = Canonical::new("tessera return v1");
        canonical.field(self.id.as_bytes());
        canonical.field(self.server.as_bytes());
        canonical.field(self.payee_id.as_bytes());
        canonical.field(self.device_id.as_bytes());
        canonical.field(self.payment_id.as_bytes());
        canonical.field(self.payer_id.as_bytes());
        canonical.field(self.payer_handle.as_bytes());
        canonical.field(self.payer_name.as_bytes());
        canonical.money(amount);
        canonical.field(&self.confirmed_at_ms.to_be_bytes());
        canonical.field(&self.expires_at_ms.to_be_bytes());
        Ok(canonical.0)
    }

    /// SHA-256 of the canonical bytes; the ledger keeps it with the transfers.
    pub fn digest(&self) -> Result<[u8; 32], OrderError> {
        Ok(Sha256::digest(self.canonical_bytes()?).into())
    }

    /// Signs, once, with the device's key.
    pub fn sign(self, key: &SigningKey) -> Result<SignedReturn, OrderError> {
        let signature = signed_by(key, &self.canonical_bytes()?);
        Ok(SignedReturn { order: self, signature })
    }
}

impl SignedReturn {
    /// Checks the signature against the device's registered key.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), OrderError> {
        check(key, &self.order.canonical_bytes()?, &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_return_verifies_and_any_change_breaks_it() {
        let order = ReturnOrder {
            id: Uuid::from_u128(1),
            server: "https://pay.example".into(),
            payee_id: Uuid::from_u128(2),
            device_id: Uuid::from_u128(3),
            payment_id: Uuid::from_u128(4),
            payer_id: Uuid::from_u128(5),
            payer_handle: "ana".into(),
            payer_name: "Ana".into(),
            amount: Amount { value: "14.50".into(), currency: "USD".into() },
            confirmed_at_ms: 1,
            expires_at_ms: 2,
        };
        let key = SigningKey::from_bytes(&[7; 32]);
        let signed = order.sign(&key).expect("signed");
        assert_eq!(signed.verify(&key.verifying_key()), Ok(()));
        let changes: [fn(&mut ReturnOrder); 7] = [
            |o| o.id = Uuid::from_u128(9),
            |o| o.payment_id = Uuid::from_u128(9),
            |o| o.payer_id = Uuid::from_u128(9),
            |o| o.amount.value = "14.51".into(),
            |o| o.server = "https://evil.example".into(),
            |o| (o.payer_handle, o.payer_name) = ("anaA".into(), "na".into()),
            |o| o.expires_at_ms = 3,
        ];
        for change in changes {
            let mut forged = signed.clone();
            change(&mut forged.order);
            assert_eq!(forged.verify(&key.verifying_key()), Err(OrderError::Signature));
        }
    }
}
