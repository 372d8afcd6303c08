//! What was decided about a request, as the stored bytes under the stored key.

use protocol::body::Request;
use protocol::path;
use uuid::Uuid;

use super::Remote;
use super::call::Call;
use crate::WalletError;
use crate::view::PendingKind;

impl Remote {
    /// Carries out what was decided about a request; `key` is the idempotency key of every attempt. A payment is
    /// [`WalletError::Fault`]: it goes by [`Remote::send_order`].
    pub(crate) async fn carry_out(
        &self,
        kind: PendingKind,
        request_id: Uuid,
        key: Uuid,
        body: Vec<u8>,
    ) -> Result<Request, WalletError> {
        let path = match kind {
            PendingKind::NewRequest => path::REQUESTS.to_owned(),
            PendingKind::Cancel => path::request_cancel(request_id),
            PendingKind::Decline => path::request_decline(request_id),
            PendingKind::Remind => path::request_remind(request_id),
            PendingKind::Received => path::request_received(request_id),
            PendingKind::NotReceived => path::request_not_received(request_id),
            PendingKind::Payment => return Err(WalletError::Fault("a payment is no action")),
        };
        self.call(Call::post(path).bytes(body).key(key)).await
    }
}
