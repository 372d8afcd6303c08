//! Everything this program says to people, in one place; errors end with one thing to do.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use qr::payload::shown;
use qr::{DrawError, PictureError};

use crate::Failure;
use crate::record::{ProblemRecord, ReadRecord, ScanRecord};

/// A scanned file.
pub(crate) fn scanned(record: &ScanRecord) -> String {
    let file = shown(&record.file);
    if let Some(problem) = &record.problem {
        return format!("{file}\n  {}\n", unreadable(problem));
    }
    if record.codes.is_empty() {
        return format!("{file}\n  No code found. Try a sharper picture with the whole code and its white border.\n");
    }
    let mut out = format!("{file}\n");
    for code in &record.codes {
        let kind = match code.symbology() {
            "micro_qr" => "Micro QR",
            "rmqr" => "rMQR",
            "pdf417" => "PDF417",
            "aztec" => "Aztec",
            "data_matrix" => "Data Matrix",
            _ => "QR",
        };
        // Writing to a String cannot fail.
        let _ = match code.text() {
            Some(text) => writeln!(out, "  {kind}  {}", shown(text)),
            None => writeln!(out, "  {kind}  {} bytes that are not text; use --json to see them", code.len()),
        };
    }
    out
}

fn unreadable(problem: &ProblemRecord) -> &'static str {
    match problem.code {
        "not_found" => "There is no such file. Check the name.",
        "not_permitted" => "This file may not be read. Check its permissions.",
        "empty" => "The file is empty. Save the picture again.",
        "file_too_large" => "The file is over 32 MB. Save the picture smaller.",
        "unknown_format" => "This is not a PNG, JPEG, WebP or GIF picture. Save it as one of these.",
        "too_many_pixels" => "The picture says it is over 60 megapixels. Crop it to the code.",
        "damaged" => "The picture is damaged or cut off. Save or download it again.",
        _ => "The file cannot be read. Check that it is a file, and its disk.",
    }
}

/// A drawing that was saved.
pub(crate) fn drawn(path: &Path, side: u32) -> String {
    format!("Saved {} ({side} modules a side with its white border). Print it no smaller than 2 cm.\n", path.display())
}

/// A bill that was printed.
pub(crate) fn printed(path: &Path) -> String {
    format!("Saved {}. Print it on A4 at its own size, and keep the lower edge free.\n", path.display())
}

/// A payload that was written, as it is: line breaks are part of some.
pub(crate) fn written(text: &str) -> String {
    format!("{text}\n")
}

/// A payload that was read.
pub(crate) fn read(record: &ReadRecord) -> String {
    let mut out = format!("{}\n", headline(record));
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(out, "  {name:<10} {value}");
        }
    };
    line("to", record.payee.name.as_deref());
    line("account", record.payee.account.as_deref());
    let amount =
        record.amount.as_ref().map(|amount| format!("{amount} {}", record.currency.as_deref().unwrap_or_default()));
    line("amount", amount.as_deref().map(str::trim_end));
    line("reference", record.reference.as_deref());
    line("for", record.memo.as_deref());
    line("network", record.network.as_deref());
    for warning in &record.warnings {
        line("note", Some(warning_words(warning)));
    }
    if let Some(problem) = &record.problem {
        line("refused", Some(&format!("{} ({})", problem_words(problem.code), problem.detail)));
    }
    out
}

fn headline(record: &ReadRecord) -> String {
    let kind = match record.profile {
        Some(profile) if record.scheme == "nonpay" => profile.to_owned(),
        Some(profile) => format!("{} {profile}", record.scheme),
        None => record.scheme.to_owned(),
    };
    let action = match (record.valid, record.direction) {
        (false, _) => "Do not use this code",
        (true, "pay") => "You pay",
        (true, "receive") => "You receive",
        (true, "authorise") => "You allow future debits",
        (true, "login") => "You log in",
        (true, _) => "Not a payment",
    };
    format!("{action} · {kind}")
}

fn warning_words(warning: &str) -> &'static str {
    match warning {
        "hidden_characters" => "It held hidden characters; they are shown as marks.",
        "payee_unknown" => "Who is paid is known only after opening it.",
        "amount_from_server" => "The payee's server sets the real amount.",
        "non_standard" => "Written against its own standard.",
        "outdated_address" => "Its address form is outdated; banks may refuse it.",
        "signature_unchecked" => "Its signature was not checked.",
        "test_mode" => "For trying out; no money moves.",
        "not_encrypted" => "The link is not encrypted.",
        "unusual_host" => "The host name uses letters of another script.",
        "secret" => "It carries a secret; do not pass it on.",
        "consumer_presented" => "Shown by a payer to a shop; it carries card data.",
        "not_to_be_paid" => "A notification; do not pay it.",
        "future_debits" => "The amount is a limit for future debits.",
        "several_networks" => "It names several networks; choose yours.",
        "address_checksum" => "The address has a mistake in it: nothing can be sent there.",
        _ => "See the schema.",
    }
}

fn problem_words(code: &str) -> &'static str {
    match code {
        "syntax" => "it breaks the rules of its kind",
        "checksum" => "its checksum is wrong; scan it again",
        "missing" => "a field is missing; ask for a new code",
        "contradiction" => "it contradicts itself; ask for a new code",
        "account" => "the account is not one; ask for a new code",
        "amount" => "the amount is not one; ask for a new code",
        "currency" => "it asks in a currency its kind does not know",
        "reference" => "its reference is wrong; ask for a new code",
        "too_long" => "a field is too long; ask for a new code",
        "deceptive" => "it carries characters made to deceive; ask the payee another way",
        "asks_reader" => "it takes money from you under the form of a payment code",
        "unsupported" => "a version or demand nobody here knows",
        "look_alike_host" => "its address only looks like the service's; do not open it",
        "link" => "the link has a mistake; ask for it again",
        "base64" => "the input is not base64; leave out --b64 for plain text",
        _ => "it was refused",
    }
}

/// Why a command stopped.
pub(crate) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::Output(error) => {
            format!("Output stopped ({}). Check the disk or the program reading it.", error.kind())
        }
        Failure::File { path, error } => format!("{}: {}", path.display(), file_words(error)),
        Failure::Letters => "A text has letters that cannot be printed. Write it in Latin letters.".to_owned(),
        Failure::CurrencyAlone => "There is a currency and no amount. Give the amount with --amount.".to_owned(),
        Failure::Extension => "The output name must end in .svg or .png.".to_owned(),
        Failure::Draw(error) => draw_words(*error).to_owned(),
        Failure::Write(problem) => {
            format!(
                "This standard cannot say that ({}: {}). Change or leave out that part.",
                problem.detail,
                problem.code.as_str()
            )
        }
    }
}

fn file_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder. Check the name.".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted. Choose another place.".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full. Free some space.".to_owned(),
        kind => format!("{kind}. Choose another place."),
    }
}

fn draw_words(error: DrawError) -> &'static str {
    match error {
        DrawError::Empty => "There is nothing to draw. Give a text.",
        DrawError::TooLong => "The text is too long for one code. Shorten it, or use --ecc l.",
        DrawError::Unreadable => {
            "The drawing could not be read back, so it was not saved. Try --ecc q or another picture."
        }
        DrawError::Size => "The drawing would be too large. Use a smaller --module.",
        DrawError::Picture(PictureError::UnknownFormat) => {
            "The picture for the middle is not PNG, JPEG, WebP or GIF. Save it as one of these."
        }
        DrawError::Picture(_) => "The picture for the middle cannot be used. Save it again, smaller.",
    }
}
