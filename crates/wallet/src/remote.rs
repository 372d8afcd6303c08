//! The server, as typed calls: each attempt signed by the device, sessions kept fresh, every answer read with distrust.

mod account;
mod act;
mod call;
mod device;
mod session;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ed25519_dalek::SigningKey;
use pay::{Handle, HandleError};
use protocol::body::{
    FeedPage, HandleCheck, HandleVerdict, Join, Me, NewRequest, NewSource, Payee, Payment, Person, ProfileChange,
    Quote, QuoteAsk, Request, ServerInfo, Session, Source, SourceChange, SourceOffer,
};
use protocol::limits::Allowance;
use protocol::safety::Report;
use protocol::{SignedOrder, path};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::leaving_no_trace;
use crate::outside::{Clock, Random, new_id};
use crate::transport::{Pokes, Transport};
use crate::{TransportError, WalletError};
use call::Call;
pub use session::{Credentials, ForgetSessions, SessionKeeper};

/// A device's identity: the key was made here and leaves only inside an encrypted database.
#[derive(Clone)]
pub struct Device {
    /// Registered with the account.
    pub id: Uuid,
    /// Signs orders and attempts; in one place of the memory, wiped when the last holder drops it.
    pub key: Arc<SigningKey>,
}

impl Device {
    /// A new one.
    pub fn make(clock: &dyn Clock, random: &dyn Random) -> Self {
        let key = leaving_no_trace(|| {
            let mut seed = Zeroizing::new([0; 32]);
            random.fill(seed.as_mut());
            Arc::new(SigningKey::from_bytes(&seed))
        });
        Device { id: new_id(clock, random), key }
    }

    /// The public part, as the server registers it.
    pub fn public_key(&self) -> String {
        protocol::key_to_text(&self.key.verifying_key())
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One account's line to its server. Share it behind an [`Arc`].
pub struct Remote {
    server: String,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    practice_token: Option<Zeroizing<String>>,
    device: Mutex<Option<Device>>,
    session: tokio::sync::Mutex<Option<Session>>,
    session_ended: AtomicBool,
    device_refused: AtomicBool,
    account_closed: AtomicBool,
    credentials: Mutex<Option<Credentials>>,
    keeper: Arc<dyn SessionKeeper>,
    offset_ms: AtomicI64,
}

impl Remote {
    /// A line to the server at `server` (its public address), not signed in yet.
    pub fn new(server: &str, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Remote {
            server: server.trim_end_matches('/').to_owned(),
            transport,
            clock,
            random,
            practice_token: None,
            device: Mutex::new(None),
            session: tokio::sync::Mutex::new(None),
            session_ended: AtomicBool::new(false),
            device_refused: AtomicBool::new(false),
            account_closed: AtomicBool::new(false),
            credentials: Mutex::new(None),
            keeper: Arc::new(ForgetSessions),
            offset_ms: AtomicI64::new(0),
        }
    }

    /// Carries the practice server's token on every call.
    pub fn with_practice_token(mut self, token: &str) -> Self {
        self.practice_token = Some(Zeroizing::new(token.to_owned()));
        self
    }

    /// Signs with this device.
    pub fn with_device(self, device: Device) -> Self {
        *lock(&self.device) = Some(device);
        self
    }

    /// Starts with a session kept from before, and hands new ones to `keeper` before they are used.
    pub fn with_session(mut self, session: Option<Session>, keeper: Arc<dyn SessionKeeper>) -> Self {
        self.session = tokio::sync::Mutex::new(session);
        self.keeper = keeper;
        self
    }

    /// Signs in again by itself with these when a session has ended.
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        *lock(&self.credentials) = Some(credentials);
        self
    }

    /// The server's public address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The device, once there is one.
    pub fn device(&self) -> Option<Device> {
        lock(&self.device).clone()
    }

    /// The server has ended the session and nothing here opens another: the person has to sign in.
    pub fn is_signed_out(&self) -> bool {
        self.session_ended.load(Ordering::Relaxed)
    }

    /// The server does not let this device in any more: another one has put it out.
    pub fn is_device_refused(&self) -> bool {
        self.device_refused.load(Ordering::Relaxed)
    }

    /// The account was closed: nothing opens it again.
    pub fn is_account_closed(&self) -> bool {
        self.account_closed.load(Ordering::Relaxed)
    }

    /// How far the server's clock is ahead of this machine's, milliseconds, as its answers say; 0 before the first.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Now, by the server's clock as far as we know it.
    pub fn server_now_ms(&self) -> i64 {
        self.clock.now_ms().saturating_add(self.offset_ms())
    }

    fn learn_time(&self, time_ms: i64) {
        self.offset_ms.store(time_ms.saturating_sub(self.clock.now_ms()), Ordering::Relaxed);
    }

    /// Facts about the server.
    pub async fn server_info(&self) -> Result<ServerInfo, WalletError> {
        let info: ServerInfo = self.call(Call::open(path::SERVER)).await?;
        self.learn_time(info.time_ms);
        Ok(info)
    }

    /// Whether a handle can be had. What no server could say yes to is not asked.
    pub async fn check_handle(&self, handle: &str) -> Result<HandleCheck, WalletError> {
        let verdict = match Handle::claim(handle) {
            Ok(handle) => return self.call(Call::open(path::handle(handle.as_str()))).await,
            Err(HandleError::TooShort) => HandleVerdict::TooShort,
            Err(HandleError::TooLong) => HandleVerdict::TooLong,
            Err(HandleError::BadCharacter) => HandleVerdict::BadCharacter,
            Err(HandleError::Reserved) => HandleVerdict::Reserved,
        };
        Ok(HandleCheck { verdict })
    }

    /// Opens an account and signs in.
    pub async fn join(&self, join: &Join) -> Result<Me, WalletError> {
        let me: Me = self.call(Call::post(path::PEOPLE).body(join)?.key(join.id).signed_only()).await?;
        self.sign_in(&join.handle, &join.password).await?;
        Ok(me)
    }

    /// The own account.
    pub async fn me(&self) -> Result<Me, WalletError> {
        self.call(Call::get(path::ME)).await
    }

    /// Changes name and picture.
    pub async fn set_profile(&self, change: &ProfileChange) -> Result<Me, WalletError> {
        self.call(Call::put(path::ME).body(change)?.key(self.new_id())).await
    }

    /// All funding sources.
    pub async fn sources(&self) -> Result<Vec<Source>, WalletError> {
        self.call(Call::get(path::SOURCES)).await
    }

    /// What could be added as a source.
    pub async fn source_offers(&self) -> Result<Vec<SourceOffer>, WalletError> {
        self.call(Call::get(path::SOURCE_OFFERS)).await
    }

    /// Adds a source.
    pub async fn add_source(&self, source: &NewSource) -> Result<Source, WalletError> {
        self.call(Call::post(path::SOURCES).body(source)?.key(source.id)).await
    }

    /// Renames a source or makes it the default.
    pub async fn change_source(&self, id: Uuid, change: &SourceChange) -> Result<Source, WalletError> {
        self.call(Call::patch(path::source(id)).body(change)?.key(self.new_id())).await
    }

    /// Removes a source.
    pub async fn remove_source(&self, id: Uuid) -> Result<(), WalletError> {
        self.call_for_nothing(Call::delete(path::source(id)).key(self.new_id())).await
    }

    /// The card of a person.
    pub async fn payee(&self, handle: &Handle) -> Result<Payee, WalletError> {
        self.call(Call::get(path::person(handle))).await
    }

    /// What a payment would cost.
    pub async fn quote(&self, ask: &QuoteAsk) -> Result<Quote, WalletError> {
        self.call(Call::post(path::QUOTES).body(ask)?).await
    }

    /// The account's limits as they stand.
    pub async fn limits(&self) -> Result<Vec<Allowance>, WalletError> {
        self.call(Call::get(path::LIMITS)).await
    }

    /// Sends a signed order.
    pub async fn pay(&self, order: &SignedOrder) -> Result<Payment, WalletError> {
        let body = serde_json::to_vec(order).map_err(|_| WalletError::Fault("order to JSON"))?;
        self.send_order(order.order.id, body).await
    }

    /// Sends the stored bytes of a signed order; `id` is the payment's and the idempotency key.
    pub(crate) async fn send_order(&self, id: Uuid, body: Vec<u8>) -> Result<Payment, WalletError> {
        self.call(Call::post(path::PAYMENTS).bytes(body).key(id)).await
    }

    /// Sends the stored bytes of a signed return; `id` is the return's and the idempotency key.
    pub(crate) async fn send_return(&self, id: Uuid, body: Vec<u8>) -> Result<Payment, WalletError> {
        self.call(Call::post(path::RETURNS).bytes(body).key(id)).await
    }

    /// One payment, by the id its payer made.
    pub async fn payment(&self, id: Uuid) -> Result<Payment, WalletError> {
        self.call(Call::get(path::payment(id))).await
    }

    /// Calls a payment off.
    pub async fn cancel_payment(&self, id: Uuid) -> Result<Payment, WalletError> {
        self.call(Call::post(path::payment_cancel(id)).key(self.new_id())).await
    }

    /// Asks for money.
    pub async fn new_request(&self, request: &NewRequest) -> Result<Request, WalletError> {
        self.call(Call::post(path::REQUESTS).body(request)?.key(request.id)).await
    }

    /// One request.
    pub async fn request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.call(Call::get(path::request(id))).await
    }

    /// Takes an own request back.
    pub async fn cancel_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.call(Call::post(path::request_cancel(id)).key(self.new_id())).await
    }

    /// Says no to a request.
    pub async fn decline_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.call(Call::post(path::request_decline(id)).key(self.new_id())).await
    }

    /// Reminds the payer of an own request.
    pub async fn remind_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.call(Call::post(path::request_remind(id)).key(self.new_id())).await
    }

    /// Whom the account has blocked.
    pub async fn blocked(&self) -> Result<Vec<Person>, WalletError> {
        self.call(Call::get(path::BLOCKS)).await
    }

    /// Blocks a person, or no longer.
    pub async fn set_blocked(&self, person_id: Uuid, blocked: bool) -> Result<(), WalletError> {
        let path = path::block(person_id);
        let call = if blocked { Call::put(path) } else { Call::delete(path) };
        self.call_for_nothing(call.key(self.new_id())).await
    }

    /// Tells the operator about a person.
    pub async fn report(&self, report: &Report) -> Result<(), WalletError> {
        self.call_for_nothing(Call::post(path::REPORTS).body(report)?.key(report.id)).await
    }

    /// The account's changes after `after`, at most `limit` (1 to [`path::FEED_MOST`]).
    pub async fn feed(&self, after: i64, limit: u32) -> Result<FeedPage, WalletError> {
        let page: FeedPage =
            self.call_for_much(Call::get(format!("{}?after={after}&limit={limit}", path::FEED))).await?;
        self.learn_time(page.time_ms);
        Ok(page)
    }

    /// Opens the line that says when the feed has more.
    pub async fn pokes(&self) -> Result<Pokes, WalletError> {
        let request = self.request_for(&Call::get(path::EVENTS)).await?;
        match self.transport.listen(request).await {
            // A refusal has no body here; the next ordinary call learns the reason.
            Err(TransportError::Lost) => Err(WalletError::Timeout),
            other => Ok(other?),
        }
    }

    fn new_id(&self) -> Uuid {
        new_id(&*self.clock, &*self.random)
    }
}

/// Locks; a thread that died in between leaves whole values behind here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<TransportError> for WalletError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => WalletError::Offline,
            TransportError::Tls => WalletError::Tls,
            TransportError::Lost => WalletError::Timeout,
            TransportError::TooLong => WalletError::BadAnswer,
            TransportError::Address => WalletError::AddressInvalid,
        }
    }
}
