use super::{Letter, Post, PostError};
use crate::config::{Mail, MailSecurity};
use crate::fault::Fault;
use futures::future::BoxFuture;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::time::Duration;

/// How long one letter may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a relay answers when it does not know *us*: the operator's to mend, so the letter waits.
const OURS_TO_MEND: [u16; 4] = [530, 534, 535, 538];

/// An SMTP relay; one line a letter.
pub struct Relay(AsyncSmtpTransport<Tokio1Executor>);

impl Relay {
    /// The relay as configured. The line is opened with the first letter.
    pub fn new(mail: &Mail, public_url: &str) -> Result<Relay, Fault> {
        let tls = match mail.security {
            MailSecurity::Starttls => Tls::Required(trusting(mail)?),
            MailSecurity::Tls => Tls::Wrapper(trusting(mail)?),
            // `Mail::check` lets this stand for loopback addresses alone.
            MailSecurity::None => Tls::None,
        };
        let host = url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
            .port(mail.port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(host.unwrap_or_else(|| "localhost".into())));
        if !mail.user.is_empty() {
            let password = mail.password.0.clone().unwrap_or_default();
            builder = builder.credentials(Credentials::new(mail.user.clone(), password));
        }
        Ok(Relay(builder.build()))
    }
}

/// TLS with the relay's certificate and name checked, against the system's issuers and those of `ca_file`.
fn trusting(mail: &Mail) -> Result<TlsParameters, Fault> {
    let unusable = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "TLS to the mail relay cannot be set up");
        Fault::Post
    };
    let mut builder = TlsParameters::builder(mail.host.clone());
    if !mail.ca_file.as_os_str().is_empty() {
        let pem = std::fs::read(&mail.ca_file).map_err(|error| unusable(&error))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| unusable(&error))?);
    }
    builder.build().map_err(|error| unusable(&error))
}

impl Post for Relay {
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>> {
        Box::pin(async move {
            let message = letter.message()?;
            let sent = tokio::time::timeout(PATIENCE * 2, self.0.send(message)).await;
            let Ok(sent) = sent else { return Err(PostError::Later) };
            sent.map(drop).map_err(|error| {
                let status = error.status().map(u16::from);
                // The text of the answer can name the mailbox: only its number is logged.
                tracing::warn!(status, tls = error.is_tls(), timeout = error.is_timeout(), "the relay took no letter");
                let ours = status.is_none_or(|status| OURS_TO_MEND.contains(&status));
                if error.is_permanent() && !ours { PostError::Refused } else { PostError::Later }
            })
        })
    }
}
