use crate::clock::{Clock, Randomness};
use crate::config::Config;
use crate::fault::Fault;
use crate::feed::Hub;
use crate::limits::Limits;
use crate::mail::Post;
use crate::processor::Processor;
use crate::signed::Nonces;
use crate::writer::Writer;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, Mac};
use ledger::{Store, Tx};
use protocol::body::{Mode, ServerInfo};
use sha2::Sha256;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use uuid::Uuid;

/// Everything a handler needs; cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Parts>);

/// The parts of a running server.
pub struct Parts {
    /// The operator's decisions.
    pub config: Config,
    /// Own public address, no trailing slash.
    pub public_url: String,
    /// The server's key.
    pub key: SigningKey,
    /// Changes when a backup was restored.
    pub epoch: Uuid,
    /// For reading; writing goes through `writer`.
    pub store: Store,
    /// The one writer.
    pub writer: Writer,
    /// Takes the letters; `None`: none are sent.
    pub post: Option<Arc<dyn Post>>,
    /// Rings when a letter was queued.
    pub letter_bell: Arc<Notify>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub randomness: Arc<dyn Randomness>,
    /// Who moves the money.
    pub processor: Arc<dyn Processor>,
    /// Who listens for changes.
    pub hub: Arc<Hub>,
    /// Rate limits.
    pub limits: Limits,
    /// Signed attempts seen lately.
    pub nonces: Nonces,
    /// At most this many passwords are hashed at once: each takes 19 MiB and tens of milliseconds.
    pub hashing: Arc<Semaphore>,
    /// Payments to take to the processor.
    pub settle: mpsc::UnboundedSender<Uuid>,
    /// Practice mode's token, when there is one.
    pub practice_token: Option<String>,
    /// Turns true when the server is going down.
    pub stopping: watch::Receiver<bool>,
}

impl Deref for Server {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Server {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Server {
        Server(Arc::new(parts))
    }

    /// Waits for the next tick of what is looked at again and again; false when the server is going down.
    pub async fn next_tick(&self) -> bool {
        let tick = Duration::from_millis(self.config.timings.expiry_tick_ms.max(1));
        let mut stopping = self.stopping.clone();
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => false,
            () = tokio::time::sleep(tick) => true,
        }
    }

    /// Now, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A consistent view of the database for reading.
    pub async fn read(&self) -> Result<Tx, Fault> {
        Ok(self.store.read().await?)
    }

    /// HMAC-SHA-256 under a key derived from the server's, for hashes of bodies that hold a password and for tokens
    /// of forms: the database alone is not enough to guess what went in.
    pub fn keyed_digest(&self, purpose: &[u8], content: &[u8]) -> [u8; 32] {
        // A key of one whole block is what HMAC pads shorter ones to (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(self.key.as_bytes());
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(content);
        mac.finalize().into_bytes().into()
    }

    /// The public facts.
    pub fn info(&self) -> ServerInfo {
        ServerInfo {
            sends_mail: self.post.is_some(),
            recovery_wait_ms: self.config.timings.recovery_wait_ms.max(0),
            name: self.config.name.clone(),
            public_url: self.public_url.clone(),
            public_key: protocol::key_to_text(&self.key.verifying_key()),
            epoch: self.epoch,
            mode: self.config.mode,
            holder: self.config.holder.clone(),
            contact: self.config.contact.clone(),
            time_ms: self.now_ms(),
            eligibility: self.config.eligibility.clone(),
            payment_limits: self.config.payment_limits(),
            fees: self.config.fee_rules(),
        }
    }

    /// True in practice mode.
    pub fn is_practice(&self) -> bool {
        self.config.mode == Mode::Practice
    }
}
