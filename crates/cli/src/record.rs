//! The JSON lines, as `schema.json` says them.

use qr::payload::Reading;
use qr::{PictureError, Symbol};
use serde::Serialize;

/// One line of `tessera scan --json`.
#[derive(Debug, Serialize)]
pub(crate) struct ScanRecord {
    pub(crate) file: String,
    pub(crate) codes: Vec<CodeRecord>,
    /// CPU milliseconds of this thread from the grey picture to the result; 0 when there was no picture.
    pub(crate) ms: f64,
    pub(crate) problem: Option<ProblemRecord>,
}

/// One code in a picture.
#[derive(Debug, Serialize)]
pub(crate) struct CodeRecord {
    text: Option<String>,
    bytes: String,
    symbology: &'static str,
    corners: [[f32; 2]; 4],
}

/// Why there is no (or no good) answer.
#[derive(Debug, Serialize)]
pub(crate) struct ProblemRecord {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl From<Symbol> for CodeRecord {
    fn from(symbol: Symbol) -> Self {
        let tenth = |n: f32| (n * 10.0).round() / 10.0;
        CodeRecord {
            bytes: hex::encode(&symbol.bytes),
            symbology: symbol.symbology.as_str(),
            corners: symbol.corners.map(|corner| corner.map(tenth)),
            text: symbol.text,
        }
    }
}

impl CodeRecord {
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    pub(crate) fn symbology(&self) -> &'static str {
        self.symbology
    }

    /// Bytes carried.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / 2
    }
}

/// Why a file could not be scanned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The file system refused.
    #[error("file")]
    File(#[from] std::io::Error),
    /// The bytes are no picture we take.
    #[error("picture")]
    Picture(#[from] PictureError),
}

impl From<&Unreadable> for ProblemRecord {
    fn from(error: &Unreadable) -> Self {
        let (code, detail) = match error {
            Unreadable::File(error) => match error.kind() {
                std::io::ErrorKind::NotFound => ("not_found", String::new()),
                std::io::ErrorKind::PermissionDenied => ("not_permitted", String::new()),
                kind => ("not_readable", kind.to_string()),
            },
            Unreadable::Picture(error) => {
                let code = match error {
                    PictureError::Empty => "empty",
                    PictureError::FileTooLarge { .. } => "file_too_large",
                    PictureError::UnknownFormat => "unknown_format",
                    PictureError::TooManyPixels { .. } => "too_many_pixels",
                    PictureError::Damaged => "damaged",
                };
                (code, error.to_string())
            }
        };
        ProblemRecord { code, detail }
    }
}

/// One line of `tessera read --json`.
#[derive(Debug, Serialize)]
pub(crate) struct ReadRecord {
    pub(crate) scheme: &'static str,
    pub(crate) profile: Option<&'static str>,
    pub(crate) valid: bool,
    pub(crate) direction: &'static str,
    pub(crate) payee: PayeeRecord,
    pub(crate) amount: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) memo: Option<String>,
    pub(crate) network: Option<String>,
    pub(crate) warnings: Vec<&'static str>,
    pub(crate) problem: Option<ProblemRecord>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PayeeRecord {
    pub(crate) name: Option<String>,
    pub(crate) account: Option<String>,
}

impl From<Reading> for ReadRecord {
    fn from(reading: Reading) -> Self {
        let valid = reading.valid();
        let intent = reading.intent;
        ReadRecord {
            scheme: reading.scheme.as_str(),
            profile: reading.profile,
            valid,
            direction: intent.direction.as_str(),
            payee: PayeeRecord { name: intent.payee.name, account: intent.payee.account },
            amount: intent.amount.map(|amount| amount.text),
            currency: reading.currency,
            reference: intent.reference,
            memo: intent.memo,
            network: intent.network,
            warnings: reading.warnings.into_iter().map(|warning| warning.as_str()).collect(),
            problem: reading.problem.map(|p| ProblemRecord { code: p.code.as_str(), detail: p.detail.to_owned() }),
        }
    }
}

impl ReadRecord {
    /// A line of `--b64` input that is not base64.
    pub(crate) fn not_base64() -> Self {
        let mut record = ReadRecord::from(qr::payload::recognise(b""));
        record.valid = false;
        record.problem = Some(ProblemRecord { code: "base64", detail: "input".to_owned() });
        record
    }
}
