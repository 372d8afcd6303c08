use super::PostError;
use super::words::{Facts, Piece};
use crate::pages::language::Language;
use crate::pages::moment;
use crate::people::links;
use crate::state::Server;
use lettre::Message;
use lettre::message::header::ContentType;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// What a letter is about: ids and what the reader has to know. No secret, no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Matter {
    /// A link to set a new password.
    NewPassword {
        /// The link.
        link: Uuid,
    },
    /// A new password was set.
    PasswordChanged,
    /// Somebody with the password asks for a device without another's word.
    LetIn {
        /// Lets it in.
        link: Uuid,
        /// What it calls itself.
        device: String,
        /// Four words of its key.
        words: String,
    },
    /// It was confirmed, and comes in later.
    ComingIn {
        /// Stops it.
        stop: Uuid,
        /// What it calls itself.
        device: String,
        /// When, Unix milliseconds.
        due_at_ms: i64,
    },
    /// A device came in.
    CameIn {
        /// Puts it out.
        stop: Uuid,
        /// What it calls itself.
        device: String,
        /// All others went out.
        others_out: bool,
    },
    /// To a new address: is it yours?
    ConfirmEmail {
        /// Confirms.
        link: Uuid,
    },
    /// To the old address: another one counts now.
    EmailChanged {
        /// Takes it back.
        undo: Uuid,
    },
    /// The account was closed.
    Closed,
}

impl Matter {
    fn link(&self) -> Option<Uuid> {
        match self {
            Matter::NewPassword { link } | Matter::LetIn { link, .. } | Matter::ConfirmEmail { link } => Some(*link),
            Matter::ComingIn { stop, .. } | Matter::CameIn { stop, .. } => Some(*stop),
            Matter::EmailChanged { undo } => Some(*undo),
            Matter::PasswordChanged | Matter::Closed => None,
        }
    }

    fn piece(&self, language: Language) -> &'static Piece {
        let words = super::words::of(language);
        match self {
            Matter::NewPassword { .. } => &words.new_password,
            Matter::PasswordChanged => &words.password_changed,
            Matter::LetIn { .. } => &words.let_in,
            Matter::ComingIn { .. } => &words.coming_in,
            Matter::CameIn { others_out: false, .. } => &words.came_in,
            Matter::CameIn { others_out: true, .. } => &words.came_in_alone,
            Matter::ConfirmEmail { .. } => &words.confirm_email,
            Matter::EmailChanged { .. } => &words.email_changed,
            Matter::Closed => &words.closed,
        }
    }
}

/// A letter ready to go.
pub struct Letter {
    /// Its row's; also its Message-ID, so that a relay can see that a second one is the same.
    pub id: Uuid,
    /// When it was caused, Unix milliseconds.
    pub at_ms: i64,
    /// Whom it is for.
    pub to: String,
    /// First line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    from: String,
    host: String,
}

impl Letter {
    /// Writes it.
    pub fn compose(server: &Server, id: Uuid, at_ms: i64, to: &Envelope, matter: &Matter) -> Letter {
        let language = to.language;
        let (device, words, when) = match matter {
            Matter::LetIn { device, words, .. } => (device.as_str(), words.as_str(), String::new()),
            Matter::ComingIn { device, due_at_ms, .. } => (device.as_str(), "", moment(*due_at_ms, language)),
            Matter::CameIn { device, .. } => (device.as_str(), "", String::new()),
            _ => ("", "", String::new()),
        };
        let host = server.public_url.split_once("://").map_or("", |(_, host)| host).to_owned();
        let contact = server.config.contact.as_str();
        let facts =
            Facts { server: &server.config.name, host: &host, handle: &to.handle, device, words, when: &when, contact };
        let piece = matter.piece(language);
        let mut parts = vec![(piece.before)(&facts)];
        parts.extend(matter.link().map(|link| links::address(server, link)));
        parts.push((piece.after)(&facts));
        parts.push(format!("-- \n{}", (super::words::of(language).foot)(&facts)));
        parts.retain(|part| !part.is_empty());
        let subject = (piece.subject)(&facts);
        let text = parts.join("\n\n") + "\n";
        Letter { id, at_ms, to: to.address.clone(), subject, text, from: server.config.mail.from.clone(), host }
    }

    /// As mail (RFC 5322). An address that cannot stand in a header is refused.
    pub fn message(&self) -> Result<Message, PostError> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.at_ms).unwrap_or_default());
        let (from, to) = (self.from.parse(), self.to.parse());
        let message = Message::builder()
            .from(from.map_err(|_| PostError::Later)?)
            .to(to.map_err(|_| PostError::Refused)?)
            .subject(&self.subject)
            .date(at)
            .message_id(Some(format!("<{}@{}>", self.id.simple(), self.host)))
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone());
        message.map_err(|_| PostError::Refused)
    }
}

/// Whom a letter is for.
pub struct Envelope {
    /// E-mail.
    pub address: String,
    /// What it is written in.
    pub language: Language,
    /// Whose account it is about.
    pub handle: String,
}
