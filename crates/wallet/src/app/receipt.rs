//! Receipts: what the server signed about a payment. Checked against the server's key, which this device knows, so that
//! nothing is asked of any network.

use pay::Money;
use protocol::body::{Amount, Payment};
use protocol::{Code as Refusal, SignedProof, device_key_from_text};
use qr::{Ecc, draw};
use uuid::Uuid;

use super::code::as_code;
use super::settings::refuse;
use super::{App, blocking};
use crate::WalletError;
use crate::book::Book;
use crate::view::{Code, ProofRead, Verdict};

impl App {
    /// The code of a payment's receipt, for a shop to look at. [`WalletError::BadAnswer`] when the server never signed
    /// what it sent, or signed something else.
    pub async fn receipt_code(&self, payment_id: Uuid) -> Result<Code, WalletError> {
        let book = self.book().await?;
        let payment = book.payment_detail(payment_id).await?.row.payment;
        let text = payment.receipt.clone().ok_or_else(|| refuse(Refusal::NotFound))?;
        let signed = SignedProof::read(&text).map_err(|_| WalletError::BadAnswer)?;
        if verdict(&book, &signed)? == Verdict::Forged || !is_of(&signed, &payment)? {
            return Err(WalletError::BadAnswer);
        }
        let link = pay::Link { server: signed.proof.server, target: pay::Target::Proof(payment_id) };
        blocking(move || as_code(&draw(&text, Ecc::L).map_err(|_| WalletError::NotDrawn)?, &link)).await
    }
}

/// What a shown proof is worth. `None`: no proof in it, only the address of one.
pub(super) fn read(book: &Book, text: &str) -> Result<Option<ProofRead>, WalletError> {
    let Ok(signed) = SignedProof::read(text) else { return Ok(None) };
    let verdict = verdict(book, &signed)?;
    let proof = signed.proof;
    let amount = Amount::from(proof.amount);
    Ok(Some(ProofRead { verdict, payee_handle: proof.payee_handle, amount, paid_at_ms: proof.paid_at_ms }))
}

fn verdict(book: &Book, signed: &SignedProof) -> Result<Verdict, WalletError> {
    let account = book.account()?;
    let key = device_key_from_text(&account.server_key).ok_or(WalletError::DatabaseCorrupt)?;
    Ok(match signed.verify(&key) {
        Ok(proof) if proof.payee_handle == account.handle => Verdict::Genuine,
        Ok(_) => Verdict::OtherPayee,
        Err(_) => Verdict::Forged,
    })
}

fn is_of(signed: &SignedProof, payment: &Payment) -> Result<bool, WalletError> {
    let proof = &signed.proof;
    let same = proof.payment_id == payment.id && proof.payee_handle == payment.payee.handle;
    Ok(same && proof.amount == Money::try_from(&payment.amount)?)
}
