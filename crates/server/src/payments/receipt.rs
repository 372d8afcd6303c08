//! What the server signs about a payment that has succeeded.

use crate::payments::rows::PaymentRow;
use crate::state::Server;
use protocol::{NONCE_BYTES, Proof};

/// The text of the code on a receipt. `row.updated_at_ms` is when the payment succeeded: nothing changes it after that. The
/// same payment always has the same one, so showing it again shows nothing new.
pub fn signed(server: &Server, row: &PaymentRow, payee_handle: &str) -> String {
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&server.keyed_digest(b"proof nonce", row.id.as_bytes())[..NONCE_BYTES]);
    let proof = Proof {
        server: server.public_url.clone(),
        payment_id: row.id,
        request_id: row.request_id,
        amount: row.amount,
        payee_handle: payee_handle.to_owned(),
        paid_at_ms: row.updated_at_ms,
        nonce,
    };
    proof.sign(&server.key).to_code()
}
