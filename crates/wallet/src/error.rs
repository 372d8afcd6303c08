use pay::MoneyError;
use protocol::body::{Amount, Bar, HandleVerdict};
use protocol::limits::Allowance;
use protocol::{Code, Problem};
use serde::{Deserialize, Serialize};

/// Defines [`ErrorCode`]: every [`protocol::Code`], and what can go wrong on this side.
macro_rules! codes {
    (server { $($server:ident),+ $(,)? } here { $($(#[$doc:meta])+ $here:ident),+ $(,)? }) => {
        /// Every reason the app can give. The window has words for each, in every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $(#[doc = concat!("The server's [`protocol::Code::", stringify!($server), "`].")] $server,)+
            $($(#[$doc])+ $here,)+
        }

        impl From<Code> for ErrorCode {
            fn from(code: Code) -> Self {
                match code { $(Code::$server => ErrorCode::$server),+ }
            }
        }
    };
}

codes! {
    server {
        Malformed, NotFound, SignedOut, WrongCredentials, BadSignature, ClockSkew, Replayed, DeviceRefused,
        AccountClosed, PaymentsOpen, NoMail, HandleRefused, EmailTaken, EmailInvalid, PasswordWeak, DateInvalid, NameInvalid, NotEligible,
        PayeeNotEligible, SourceRefused, AmountInvalid, CannotBePaid, CannotBeAsked, OverLimit, SelfPayment, OrderSignature, FeeChanged,
        OrderExpired, RequestExpired, RequestCanceled, RequestDeclined, RequestPaid, RequestBusy, RequestAmount,
        NotReturnable, ReturnTooMuch, WrongState, IdReused, TooMany, TooLarge, Unavailable,
    }
    here {
        /// The server cannot be reached; nothing was sent.
        Offline,
        /// The server did not answer in time, or the line broke; it may or may not have heard.
        Timeout,
        /// The answer is not what the contract says.
        BadAnswer,
        /// The server's key, epoch or history is not the one this book knows.
        ServerChanged,
        /// The server's certificate cannot be trusted.
        Tls,
        /// No account is open here.
        NotJoined,
        /// This machine has an account there already.
        AlreadyJoined,
        /// The book is locked.
        Locked,
        /// Not the PIN.
        WrongPin,
        /// Too many wrong PINs; see `retry_after_s`.
        PinWait,
        /// The system's fingerprint reader does not know the finger.
        FingerUnknown,
        /// There is no fingerprint reader, or it does not answer.
        NoFingerReader,
        /// Without a keyring a passphrase has to be chosen or given.
        PassphraseNeeded,
        /// Not the passphrase, or not the recovery key.
        WrongPassphrase,
        /// The keyring does not answer, or has lost the key.
        KeyringUnavailable,
        /// The local database is damaged.
        DatabaseCorrupt,
        /// Another instance of the app has the data open.
        DatabaseLocked,
        /// Nothing can be changed in this book now.
        ReadOnly,
        /// No space left.
        DiskFull,
        /// This machine's clock is too far from the server's.
        ClockWrong,
        /// The picture is damaged.
        UnreadableImage,
        /// The picture is too large.
        ImageTooLarge,
        /// Not a picture of a kind we take.
        NotAnImage,
        /// The picture shows no code.
        NoCodeFound,
        /// There is no camera.
        NoCamera,
        /// Another program uses the camera.
        CameraBusy,
        /// The system does not let us use the camera.
        CameraDenied,
        /// The camera was unplugged.
        CameraVanished,
        /// The camera has no picture format we read.
        CameraFormat,
        /// The system does not give the screen away, or the person said no.
        ScreenDenied,
        /// There is no way to ask for the screen here.
        ScreenUnsupported,
        /// Not the address of a server.
        AddressInvalid,
        /// No payment waits for confirmation.
        NothingToConfirm,
        /// Confirmed before it could have been read.
        ConfirmTooEarly,
        /// The payee's key is not the one they were last paid with.
        KeyChanged,
        /// Not the four words of the payee's key.
        WrongWords,
        /// A file could not be read or written.
        FileFailed,
        /// The file is no archive of a book.
        NotAnArchive,
        /// The archive was made by a newer version of the app.
        ArchiveNewer,
        /// The archive's end is missing.
        ArchiveCut,
        /// The archive was changed after it was made.
        ArchiveChanged,
        /// What the archive says of itself does not fit what is in it.
        ArchiveContradicts,
        /// Called off; nothing was kept.
        Stopped,
        /// A fault of the app itself.
        Internal,
    }
}

/// An error as the window gets it: a code and the facts around it, never a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CommandError {
    /// The reason.
    pub code: ErrorCode,
    /// Rules that stand against it.
    pub bars: Vec<Bar>,
    /// Verdict on a handle.
    pub handle: Option<HandleVerdict>,
    /// The limit.
    pub limit: Option<Amount>,
    /// The limit as it stands.
    pub allowance: Option<Allowance>,
    /// When to come back, seconds.
    pub retry_after_s: Option<u32>,
}

impl From<ErrorCode> for CommandError {
    fn from(code: ErrorCode) -> Self {
        CommandError { code, bars: Vec::new(), handle: None, limit: None, allowance: None, retry_after_s: None }
    }
}

/// Everything that can go wrong in this crate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WalletError {
    /// The server said no.
    #[error("the server refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// Nothing was sent.
    #[error("the server cannot be reached")]
    Offline,
    /// Sent, perhaps; not answered.
    #[error("the server did not answer")]
    Timeout,
    /// Certificate not trusted.
    #[error("the server's certificate is not trusted")]
    Tls,
    /// Not what the contract says.
    #[error("the server's answer is not what the contract says")]
    BadAnswer,
    /// Another key, epoch or history.
    #[error("the server is not the one this book knows")]
    ServerChanged,
    /// No account.
    #[error("no account is open")]
    NotJoined,
    /// An account is there.
    #[error("there is an account on that server already")]
    AlreadyJoined,
    /// Locked book.
    #[error("the book is locked")]
    Locked,
    /// Wrong PIN.
    #[error("wrong PIN")]
    WrongPin,
    /// Wait.
    #[error("too many wrong PINs")]
    PinWait {
        /// Seconds until the next try.
        retry_after_s: u32,
    },
    /// A passphrase has to be given.
    #[error("a passphrase is needed")]
    PassphraseNeeded,
    /// Wrong passphrase or recovery key.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// No keyring, or no key in it.
    #[error("the keyring is not available")]
    KeyringUnavailable,
    /// Damaged database.
    #[error("the database is damaged")]
    DatabaseCorrupt,
    /// In use elsewhere.
    #[error("the data is in use by another instance")]
    DatabaseLocked,
    /// Nothing can be changed.
    #[error("the book is read-only")]
    ReadOnly,
    /// No space.
    #[error("no space left on the disk")]
    DiskFull,
    /// Wrong clock.
    #[error("the clock is too far from the server's")]
    ClockWrong,
    /// A form holds something no server needs to be asked about.
    #[error("not possible: {0:?}")]
    Invalid(Code),
    /// Damaged picture.
    #[error("damaged picture")]
    UnreadableImage,
    /// Too large.
    #[error("the picture is too large")]
    ImageTooLarge,
    /// Not a picture.
    #[error("not a picture")]
    NotAnImage,
    /// No code.
    #[error("no code in the picture")]
    NoCodeFound,
    /// Bad address.
    #[error("not the address of a server")]
    AddressInvalid,
    /// Nothing waits.
    #[error("no payment waits for confirmation")]
    NothingToConfirm,
    /// Too early.
    #[error("confirmed before it could have been read")]
    ConfirmTooEarly,
    /// Another key than the one they were last paid with.
    #[error("the payee's key has changed")]
    KeyChanged,
    /// Other words.
    #[error("not the four words of this key")]
    WrongWords,
    /// File trouble.
    #[error("a file could not be read or written")]
    FileFailed,
    /// Some other file.
    #[error("not an archive")]
    NotAnArchive,
    /// From a newer version.
    #[error("the archive is of a newer version")]
    ArchiveNewer,
    /// Cut off.
    #[error("the archive is cut off")]
    ArchiveCut,
    /// Tampered with, or damaged.
    #[error("the archive was changed")]
    ArchiveChanged,
    /// Counts, hashes or chains that do not fit.
    #[error("the archive contradicts itself")]
    ArchiveContradicts,
    /// Called off.
    #[error("called off")]
    Stopped,
    /// The code could not be drawn.
    #[error("the code could not be drawn")]
    NotDrawn,
    /// A fault of ours: a stored row does not read back, a primitive refused its own input.
    #[error("internal fault: {0}")]
    Fault(&'static str),
}

impl WalletError {
    /// The server's reason, when the server said no.
    pub fn refusal(&self) -> Option<Code> {
        match self {
            WalletError::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// The closed code that goes to the window.
    pub fn code(&self) -> ErrorCode {
        match self {
            WalletError::Refused(problem) => problem.code.into(),
            WalletError::Invalid(code) => (*code).into(),
            WalletError::Offline => ErrorCode::Offline,
            WalletError::Timeout => ErrorCode::Timeout,
            WalletError::Tls => ErrorCode::Tls,
            WalletError::BadAnswer => ErrorCode::BadAnswer,
            WalletError::ServerChanged => ErrorCode::ServerChanged,
            WalletError::NotJoined => ErrorCode::NotJoined,
            WalletError::AlreadyJoined => ErrorCode::AlreadyJoined,
            WalletError::Locked => ErrorCode::Locked,
            WalletError::WrongPin => ErrorCode::WrongPin,
            WalletError::PinWait { .. } => ErrorCode::PinWait,
            WalletError::PassphraseNeeded => ErrorCode::PassphraseNeeded,
            WalletError::WrongPassphrase => ErrorCode::WrongPassphrase,
            WalletError::KeyringUnavailable => ErrorCode::KeyringUnavailable,
            WalletError::DatabaseCorrupt => ErrorCode::DatabaseCorrupt,
            WalletError::DatabaseLocked => ErrorCode::DatabaseLocked,
            WalletError::ReadOnly => ErrorCode::ReadOnly,
            WalletError::DiskFull => ErrorCode::DiskFull,
            WalletError::ClockWrong => ErrorCode::ClockWrong,
            WalletError::UnreadableImage => ErrorCode::UnreadableImage,
            WalletError::ImageTooLarge => ErrorCode::ImageTooLarge,
            WalletError::NotAnImage => ErrorCode::NotAnImage,
            WalletError::NoCodeFound => ErrorCode::NoCodeFound,
            WalletError::AddressInvalid => ErrorCode::AddressInvalid,
            WalletError::NothingToConfirm => ErrorCode::NothingToConfirm,
            WalletError::ConfirmTooEarly => ErrorCode::ConfirmTooEarly,
            WalletError::KeyChanged => ErrorCode::KeyChanged,
            WalletError::WrongWords => ErrorCode::WrongWords,
            WalletError::FileFailed => ErrorCode::FileFailed,
            WalletError::NotAnArchive => ErrorCode::NotAnArchive,
            WalletError::ArchiveNewer => ErrorCode::ArchiveNewer,
            WalletError::ArchiveCut => ErrorCode::ArchiveCut,
            WalletError::ArchiveChanged => ErrorCode::ArchiveChanged,
            WalletError::ArchiveContradicts => ErrorCode::ArchiveContradicts,
            WalletError::Stopped => ErrorCode::Stopped,
            WalletError::NotDrawn | WalletError::Fault(_) => ErrorCode::Internal,
        }
    }
}

impl From<WalletError> for CommandError {
    fn from(error: WalletError) -> Self {
        let plain = CommandError::from(error.code());
        match error {
            WalletError::Refused(problem) => CommandError {
                bars: problem.bars,
                handle: problem.handle,
                limit: problem.limit,
                allowance: problem.allowance,
                retry_after_s: problem.retry_after_s,
                ..plain
            },
            WalletError::PinWait { retry_after_s } => CommandError { retry_after_s: Some(retry_after_s), ..plain },
            _ => plain,
        }
    }
}

impl From<MoneyError> for WalletError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::NotDecimal
            | MoneyError::Negative
            | MoneyError::TooManyDecimals
            | MoneyError::OutOfRange
            | MoneyError::CurrencyMismatch => WalletError::Invalid(Code::AmountInvalid),
        }
    }
}

impl From<std::io::Error> for WalletError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => WalletError::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => WalletError::ReadOnly,
            _ => WalletError::FileFailed,
        }
    }
}
