use super::ConfigError;
use serde::Deserialize;
use std::path::PathBuf;

/// How the server's letters leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// By what.
    pub by: MailBy,
    /// Whom letters come from: `Name <address>`.
    pub from: String,
    /// With `folder`: where they are put, one `.eml` file each.
    pub folder: PathBuf,
    /// With `smtp`: the relay.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is protected.
    pub security: MailSecurity,
    /// PEM file of certificates trusted beside the system's, for a relay of one's own; empty: the system's alone.
    pub ca_file: PathBuf,
    /// Name to sign in with there; empty: without.
    pub user: String,
    /// Comes from the environment, never from the file.
    #[serde(skip)]
    pub password: Secret,
}

/// What takes the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailBy {
    /// Nothing: what needs a letter is refused with a reason.
    Nothing,
    /// A folder, for practice and tests.
    Folder,
    /// An SMTP relay.
    Smtp,
}

/// How the line to the relay is protected. There is no way to go without TLS to another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// Begins in clear and must turn to TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: only for a relay on this machine's loopback address.
    None,
}

/// Text that is never printed.
#[derive(Clone, Default)]
pub struct Secret(pub Option<String>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Default for Mail {
    fn default() -> Self {
        Mail {
            by: MailBy::Nothing,
            from: "Tessera <tessera@localhost>".into(),
            folder: PathBuf::from("letters"),
            host: "localhost".into(),
            port: 587,
            security: MailSecurity::Starttls,
            ca_file: PathBuf::new(),
            user: String::new(),
            password: Secret::default(),
        }
    }
}

impl Mail {
    /// Into this folder.
    pub fn into_folder(folder: PathBuf) -> Mail {
        Mail { by: MailBy::Folder, folder, ..Mail::default() }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(ConfigError::Sender(self.from.clone()));
        }
        let loopback = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.by == MailBy::Smtp && self.security == MailSecurity::None && !loopback {
            return Err(ConfigError::PlainMail(self.host.clone()));
        }
        if self.by == MailBy::Smtp && cfg!(not(feature = "smtp")) {
            return Err(ConfigError::NoSmtp);
        }
        Ok(())
    }
}
