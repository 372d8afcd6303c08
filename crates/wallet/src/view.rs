//! What the window shows and sends back: the types of its commands. Times are Unix milliseconds of the server's clock.

use protocol::body::{Amount, Mode, Payee, Payment, Policy, Request, Source};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ErrorCode;

mod activity;
mod archive;
mod backup;
mod bill;
mod desk;
mod devices;
mod evidence;
mod fetching;
mod groups;
mod hold;
mod inbox;
mod limits;
mod lock;
mod pending;
mod people;
mod restored;
mod returns;
mod schedules;
mod share;
mod split;
mod update;
mod ways;

pub use activity::{
    ActivityFilter, ActivityPage, ActivityQuery, ActivityView, CurrencyTotal, ExportFormat, ExportProgress, Exported,
    Stage,
};
pub use archive::{ArchiveMade, ArchiveProgress, HistoryPage, HistoryQuery, HistoryRow, Origin};
pub use backup::{Backup, BackupWhy, Backups, Restored};
pub use bill::{Bill, BillState, Handover};
pub use desk::{DeskChoices, KeyChoice, LONGEST_KEY_TEXT, MOST_KEYS};
pub use devices::{DeviceRow, PairForm, Paired};
pub use evidence::{Breach, Evidence};
pub use fetching::Fetching;
pub use groups::{GroupDetail, GroupPart, GroupPayer, GroupRow, Reminded};
pub use hold::{Hold, LONGEST_HOLD_S};
pub use inbox::{AskMe, StrangerRequest};
pub use limits::Limits;
pub use lock::{LockAfter, LockChoices, PinFor};
pub use pending::{OrderLife, PendingKind, PendingRow, PendingState};
pub use people::{KnownPerson, ReportForm, Trust};
pub use restored::Comparison;
pub use returns::{GivesBack, Returns};
pub use schedules::{
    Due, DuePayment, MissedAnswer, Moments, Repeat, ScheduleAct, ScheduleForm, ScheduleKind, ScheduleRow, ScheduleState,
};
pub use share::{Saved, ShareFile, ShareForm, ShareSubject, ShareWords, SharedFile, SharedText};
pub use split::{CollectForm, PartForm, PartShare, PreviewedPart, SplitForm, SplitPreview, SplitWay};
pub use update::NewVersion;
pub use ways::{KeptWay, OwnWay, WayCode, WayOffer};

/// Which world a book belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum BookKind {
    /// The embedded practice server.
    Practice,
    /// A server somebody runs.
    Server,
    /// What an archive held: to be read and searched, with no server behind it.
    History,
}

/// One account, as the switcher shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct BookSummary {
    /// Id of the book on this machine.
    pub id: Uuid,
    /// Practice or a server.
    pub kind: BookKind,
    /// Public address of the server, no trailing slash.
    pub server_url: String,
    /// What its operator calls it.
    pub server_name: String,
    /// Own handle, no `@`; empty while the book is locked.
    pub handle: String,
    /// Own name; empty while the book is locked.
    pub display_name: String,
    /// The operator's words for who holds the money.
    pub holder: String,
    /// Practice, sandbox or live.
    pub mode: Mode,
}

/// Whether the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Online {
    /// The last question was answered.
    Online,
    /// Asking.
    Connecting,
    /// The last question was not answered.
    Offline,
}

/// Where the key of a book's database is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyStorage {
    /// In the keyring of the operating system.
    Keyring,
    /// In a file, wrapped by a passphrase.
    Passphrase,
    /// In a file only its owner can read (practice only).
    File,
}

/// The state of the whole app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Status {
    /// Every account on this machine.
    pub books: Vec<BookSummary>,
    /// The one in use.
    pub current: Option<BookSummary>,
    /// Whether its server answers.
    pub online: Online,
    /// True while the outcome of some payment is being asked for.
    pub asking: bool,
    /// How far this machine's clock is behind the server's (negative: ahead), seconds, when beyond 300.
    pub clock_off_s: Option<i32>,
    /// A PIN gates confirmations.
    pub pin_set: bool,
    /// Where the key of the book in use is.
    pub key_storage: KeyStorage,
    /// Nothing can be changed: the database is damaged, or the server's history is not the one we knew.
    pub read_only: bool,
    /// The book in use is locked and its passphrase (or recovery key) opens it.
    pub needs_passphrase: bool,
    /// The server has ended the session: nothing is sent or pulled until the person signs in again.
    pub signed_out: bool,
    /// The book in use is locked and its PIN opens it. Nothing in this status names it then.
    pub locked: bool,
    /// The system's fingerprint reader opens it too.
    pub by_finger: bool,
    /// Another device of the account has put this one out: nothing is sent or pulled any more.
    pub device_refused: bool,
    /// The account was closed: only the book of this device is left.
    pub account_closed: bool,
    /// The server is not the one this book knows, or rewrote its history: the book is closed with the evidence.
    pub server_changed: bool,
}

/// What a person fills in to open an account.
#[derive(Clone, Serialize, Deserialize, specta::Type)]
pub struct JoinForm {
    /// Address of the server, typed or scanned.
    pub address: String,
    /// Name others see.
    pub display_name: String,
    /// Wanted handle.
    pub handle: String,
    /// E-mail.
    pub email: String,
    /// Password for the server.
    pub password: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 4217.
    pub currency: String,
    /// Protects the local database where there is no keyring.
    pub passphrase: Option<String>,
}

/// Answer to joining: the only time the recovery key is told.
#[derive(Clone, Serialize, Deserialize, specta::Type)]
pub struct Joined {
    /// The app afterwards.
    pub status: Status,
    /// Nine groups of three characters; opens the database when keyring or passphrase are lost.
    pub recovery_key: String,
}

/// What the own code should carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CodeOptions {
    /// Asked amount.
    pub amount: Option<Amount>,
    /// Text for the payer; makes a request.
    pub note: String,
    /// End; makes a request.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
    /// Closed by the first payment; makes a request.
    pub single_use: bool,
    /// With the own picture in the middle.
    pub with_picture: bool,
}

/// The own code, drawn and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Code {
    /// The link, as people share it.
    pub link: String,
    /// What can be typed: `@handle`, or the short id of a request.
    pub short: String,
    /// The drawing, black on white with its quiet zone.
    pub svg: String,
    /// The same as a PNG file, base64.
    pub png: String,
    /// The request behind it, when there is one.
    pub request_id: Option<Uuid>,
}

/// What a found code is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A person who can be paid or asked.
    Person,
    /// A request that can be paid.
    Request,
    /// The proof of a payment.
    Proof,
    /// The own code, or a request of one's own.
    Own,
    /// A request past its end that takes no late money.
    Expired,
    /// A request that is paid already.
    Paid,
    /// A request that was taken back.
    Canceled,
    /// A request that was declined.
    Declined,
    /// One of our links, on a server this book does not belong to.
    OtherServer,
    /// Some other web address; shown, never opened by itself.
    WebLink,
    /// A payment code of another standard.
    Foreign,
    /// Plain text.
    Text,
}

/// Who a foreign code names; nobody proved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ReadingPayee {
    /// Name in the code.
    pub name: Option<String>,
    /// Account in the code.
    pub account: Option<String>,
}

/// Which way the money of a code goes, for who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The reader pays.
    Pay,
    /// The reader is given money.
    Receive,
    /// The reader would allow future debits.
    Authorise,
    /// The reader would sign in somewhere.
    Login,
    /// No money and no right moves.
    None,
}

impl From<pay::Direction> for Way {
    fn from(direction: pay::Direction) -> Self {
        match direction {
            pay::Direction::Pay => Way::Pay,
            pay::Direction::Receive => Way::Receive,
            pay::Direction::Authorise => Way::Authorise,
            pay::Direction::Login => Way::Login,
            pay::Direction::None => Way::None,
        }
    }
}

/// Why a payload of a known standard is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ReadingProblem {
    /// The reason.
    pub code: qr::payload::ProblemCode,
    /// Field, in the standard's own words.
    pub detail: String,
}

/// What a foreign code says, in the words of `tessera read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Reading {
    /// The standard.
    pub scheme: qr::payload::Scheme,
    /// National or service profile.
    pub profile: Option<String>,
    /// Obeys its standard; never means "safe".
    pub valid: bool,
    /// Which way it goes.
    pub direction: Way,
    /// Who.
    pub payee: ReadingPayee,
    /// Decimal text of the amount.
    pub amount: Option<String>,
    /// Currency or unit.
    pub currency: Option<String>,
    /// Payee's reference.
    pub reference: Option<String>,
    /// Free text.
    pub memo: Option<String>,
    /// Due day, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Network or chain.
    pub network: Option<String>,
    /// What to know although it may be valid.
    pub warnings: Vec<qr::payload::Warning>,
    /// What was checked and adds up.
    pub checks: Vec<qr::payload::Check>,
    /// Why it is refused.
    pub problem: Option<ReadingProblem>,
}

/// What a shown proof of a payment is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The server of this book signed it, and the money came to this book's account.
    Genuine,
    /// The server of this book signed it, but somebody else was paid.
    OtherPayee,
    /// The server of this book never signed it.
    Forged,
}

/// The proof of a payment, looked at without any network. What a forged one says is its own invention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ProofRead {
    /// What it is worth.
    pub verdict: Verdict,
    /// Who was paid, without `@`.
    pub payee_handle: String,
    /// What they got.
    pub amount: Amount,
    /// When, by the server's clock.
    #[specta(type = u32)]
    pub paid_at_ms: i64,
}

/// A code or text, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Found {
    /// What it is to us.
    pub kind: FoundKind,
    /// Who would be paid.
    pub payee: Option<Payee>,
    /// The request it shows.
    pub request: Option<Request>,
    /// Amount a link carries, or what is left of a request.
    pub amount: Option<Amount>,
    /// What a foreign code says.
    pub reading: Option<Reading>,
    /// What the proof of a payment is worth.
    pub proof: Option<ProofRead>,
    /// Host of a link that is not ours.
    pub host: Option<String>,
    /// The text, with characters that hide or turn text made visible.
    pub text: String,
    /// Corners in pixels of the picture; empty for typed text.
    pub corners: Vec<[i32; 2]>,
    /// The place in the picture as a small PNG, base64; only where several codes were found in a still picture.
    pub thumb: Option<String>,
}

/// What this device knows about somebody about to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PayeeFacts {
    /// Nothing was ever paid to them from this book.
    pub first_payment: bool,
    /// Four words made from their key; the same on every device.
    pub four_words: Vec<String>,
    /// 25 tile colours, 0–5, row by row, mirrored left to right.
    pub seal: Vec<u8>,
    /// Handle of somebody paid before whose handle looks like this one.
    pub looks_like: Option<String>,
    /// Handle of somebody paid before whose name is this one to the eye.
    pub same_name_as: Option<String>,
    /// Their key is not the one they had when they were last paid: nothing can be paid to them before the words of
    /// the new one are typed. Words and seal here are then still those of the old key, so that the new words have to
    /// come from the person.
    pub key_changed: bool,
}

/// A payment somebody is about to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Draft {
    /// Handle of the payee.
    pub payee_handle: String,
    /// What the payee gets.
    pub amount: Amount,
    /// From where.
    pub source_id: Uuid,
    /// For which request.
    pub request_id: Option<Uuid>,
    /// Text for the payee.
    pub note: String,
}

/// What the confirmation window shows: the core's own copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Confirmation {
    /// Who, as the server said just now.
    pub payee: Payee,
    /// What this device knows about them.
    pub facts: PayeeFacts,
    /// What the payee gets.
    pub amount: Amount,
    /// On top.
    pub fee: Amount,
    /// What leaves the account.
    pub total: Amount,
    /// From where; a return has none, the processor draws it from where it had paid it to.
    pub source: Option<Source>,
    /// Text for the payee.
    pub note: String,
    /// For which request.
    pub request_id: Option<Uuid>,
    /// The payment that is given back, when this is no payment but a return.
    pub gives_back: Option<GivesBack>,
    /// How long it waits on this device before it leaves, and can be undone. Seconds; 0: it leaves at once.
    pub hold_s: u32,
    /// A PIN has to be given.
    pub pin_needed: bool,
    /// Whether this is practice money: the window wears the practice band.
    pub mode: Mode,
    /// The server cannot be reached: it waits here and leaves when it can. Payee and fee are as known last.
    pub is_queued: bool,
    /// Not carried out after this, by the server's clock.
    #[specta(type = u32)]
    pub expires_at_ms: i64,
    /// When this was first looked at, by this machine's clock.
    #[specta(type = u32)]
    pub opened_at_ms: i64,
}

/// A payment that was just confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Confirmed {
    /// Its id.
    pub payment_id: Uuid,
}

/// What a person fills in to ask for money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct NewRequestForm {
    /// Asked; `None`: the payer chooses.
    pub amount: Option<Amount>,
    /// Text for the payer.
    pub note: String,
    /// For one person.
    pub payer_handle: Option<String>,
    /// End.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
    /// Closed by the first payment.
    pub single_use: bool,
    /// Rules for money that does not fit.
    pub policy: Policy,
    /// Own accounts elsewhere whose codes stand beside ours; only with `single_use`.
    pub ways: Vec<protocol::way::WayKind>,
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To us.
    In,
    /// From us.
    Out,
}

/// How much the server knows of a payment of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Sync {
    /// Confirmed and stored here, not sent yet.
    Queued,
    /// On its way.
    Sending,
    /// The server answered.
    Acked,
    /// It may or may not have arrived; the server is being asked.
    Unknown,
    /// The server was put back from a backup and does not know it, or knows it otherwise; this book keeps it.
    HereOnly,
}

/// One payment in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityRow {
    /// The payment.
    pub payment: Payment,
    /// In or out.
    pub direction: Direction,
    /// How much the server knows.
    pub sync: Sync,
    /// A note only this device knows.
    pub private_note: String,
    /// Why the server did not take the order; then the payment never came to be.
    pub refused: Option<ErrorCode>,
}

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum TimelineWhat {
    /// The person confirmed.
    Confirmed,
    /// It left this device.
    Sent,
    /// The server has it.
    Accepted,
    /// The bank wants something from the payer.
    ActionAsked,
    /// The outcome is being asked for.
    Asking,
    /// Done.
    Succeeded,
    /// Refused.
    Failed,
    /// Called off.
    Canceled,
    /// Its time was over before it could leave this device.
    Expired,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum TimelineBy {
    /// The person here.
    You,
    /// The payments server.
    Server,
    /// The processor behind it.
    Processor,
}

/// One step of a payment's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TimelineStep {
    /// When.
    #[specta(type = u32)]
    pub at_ms: i64,
    /// What.
    pub what: TimelineWhat,
    /// By whom.
    pub by: TimelineBy,
}

/// One payment with its story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PaymentDetail {
    /// The row.
    pub row: ActivityRow,
    /// Oldest first.
    pub timeline: Vec<TimelineStep>,
    /// It has not left this device and can be undone; it leaves at this time of this machine's clock.
    #[specta(type = Option<u32>)]
    pub held_until_ms: Option<i64>,
    /// It waits on this device, and is not sent after this, by the server's clock.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
    /// It waits on this device and has never left it.
    pub can_take_back: bool,
    /// Giving it back.
    pub returns: Returns,
}

/// Colour of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum HomeTileKind {
    /// Money came.
    Received,
    /// Money went.
    Sent,
    /// Not decided yet.
    Waiting,
}

/// One payment of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct HomeTile {
    /// Hour of the local day, 0–23.
    pub hour: u8,
    /// What it was.
    pub kind: HomeTileKind,
}

/// What others owe on requests of ours, in the own currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WaitingOnOthers {
    /// Asked by requests nothing came for yet.
    pub open: Amount,
    /// How many those are, also those without an amount.
    pub open_count: u32,
    /// Still to come of requests partly paid.
    pub part_paid: Amount,
    /// How many those are.
    pub part_paid_count: u32,
}

/// The first screen. Sums are of succeeded payments in the own currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Home {
    /// Came today.
    pub received_today: Amount,
    /// How often.
    pub received_count: u32,
    /// Left today, fees included.
    pub sent_today: Amount,
    /// How often.
    pub sent_count: u32,
    /// A tile for each payment of today, oldest first, at most 60.
    pub tiles: Vec<HomeTile>,
    /// The newest payments.
    pub latest: Vec<ActivityRow>,
    /// Requests others wait for us to answer.
    pub waiting_on_you: Vec<Request>,
    /// What others owe.
    pub waiting_on_others: WaitingOnOthers,
}

/// Language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// English.
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// As the system.
    System,
}

/// Look of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the system.
    System,
}

/// What the person chose about the app. Holds nothing personal: it is kept outside the encrypted books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Settings {
    /// Language.
    pub language: LanguageChoice,
    /// Look.
    pub theme: ThemeChoice,
    /// A sound when money comes.
    pub sound: bool,
    /// The camera's guidance by sound too, for whoever does not see the picture.
    pub aim_sound: bool,
    /// The camera used last.
    pub camera_id: Option<String>,
    /// How long confirmed payments wait.
    pub hold: Hold,
    /// Whose requests stand on the board.
    pub ask_me: AskMe,
    /// Keys and tray.
    pub desk: DeskChoices,
    /// How long confirmed payments may wait for the line.
    pub order_life: OrderLife,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            language: LanguageChoice::System,
            theme: ThemeChoice::System,
            sound: true,
            aim_sound: false,
            camera_id: None,
            hold: Hold::default(),
            ask_me: AskMe::Paid,
            desk: DeskChoices::default(),
            order_life: OrderLife::Day,
        }
    }
}

impl std::fmt::Debug for JoinForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinForm").field("address", &self.address).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("status", &self.status).finish_non_exhaustive()
    }
}
