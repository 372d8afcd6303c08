use super::{Facts, LetterWords, Piece};

fn whom_to_ask(facts: &Facts<'_>) -> String {
    if facts.contact.is_empty() { "the operator of your server".into() } else { facts.contact.to_owned() }
}

/// English.
pub const EN: LetterWords = LetterWords {
    new_password: Piece {
        subject: |f| format!("{}: set a new password", f.server),
        before: |f| {
            format!(
                "Somebody asked for a new password for @{} on {}. Set it here, within 30 minutes:",
                f.handle, f.host
            )
        },
        after: |_| {
            "If that was not you, do nothing: your password stays as it is, and the link opens no device.".into()
        },
    },
    password_changed: Piece {
        subject: |f| format!("{}: your password was changed", f.server),
        before: |f| {
            format!("The password of @{} was changed. All devices were signed out and need the new one.", f.handle)
        },
        after: |f| {
            format!(
                "If that was not you, ask for another password in the app (“Forgotten password?”) and write to {}.",
                whom_to_ask(f)
            )
        },
    },
    let_in: Piece {
        subject: |f| format!("{}: let a new device in?", f.server),
        before: |f| {
            format!(
                "A device that calls itself “{}” asks for the account of @{} and says that no other device is left. \
                 Its four words are:\n\n{}\n\nIf your new device shows the same words, let it in here, within one hour:",
                f.device, f.handle, f.words
            )
        },
        after: |_| {
            "If that was not you, do nothing. Somebody knows your password: set a new one with “Forgotten password?” \
             in the app."
                .into()
        },
    },
    coming_in: Piece {
        subject: |f| format!("{}: a new device comes in, unless you stop it", f.server),
        before: |f| {
            format!(
                "“{}” was confirmed by e-mail. It comes into the account of @{} on {}, and all other devices go out \
                 then. That was not you, or you found your old device? Stop it here, or in the app on any of your \
                 devices:",
                f.device, f.handle, f.when
            )
        },
        after: |_| "If it was you, there is nothing to do.".into(),
    },
    came_in: Piece {
        subject: |f| format!("{}: a new device", f.server),
        before: |f| {
            format!(
                "“{}” can use the account of @{} now; one of your devices said yes. That was not you? Put it out here, \
                 within 7 days, and set a new password:",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    came_in_alone: Piece {
        subject: |f| format!("{}: your new device is in", f.server),
        before: |f| {
            format!(
                "“{}” can use the account of @{} now. All other devices are out and cannot come back by themselves. That \
                 was not you? Put it out here, within 7 days, and set a new password:",
                f.device, f.handle
            )
        },
        after: |_| String::new(),
    },
    confirm_email: Piece {
        subject: |f| format!("{}: is this your address?", f.server),
        before: |f| {
            format!(
                "@{} on {} wants its e-mail to come to this address. Confirm it here, within 24 hours:",
                f.handle, f.host
            )
        },
        after: |_| "If you do not know of this, do nothing: no more e-mail will come.".into(),
    },
    email_changed: Piece {
        subject: |f| format!("{}: another e-mail address", f.server),
        before: |f| {
            format!(
                "E-mail about @{} goes to another address from now on. That was not you? Take it back here, within 7 days:",
                f.handle
            )
        },
        after: |_| "Then set a new password too: somebody knows yours.".into(),
    },
    closed: Piece {
        subject: |f| format!("{}: your account is closed", f.server),
        before: |f| {
            format!(
                "The account @{} was closed. Your name, addresses, sources and devices are erased. Payments stay in the \
                 book by their numbers, and in the receipts of those you paid or who paid you.",
                f.handle
            )
        },
        after: |f| format!("If that was not you, write to {}. This was the last e-mail.", whom_to_ask(f)),
    },
    foot: |f| format!("{} · {}\nNobody will ever ask you for your password or your PIN by e-mail.", f.server, f.host),
};
