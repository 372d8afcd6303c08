//! Whether a newer version is out. It is told and nothing more: what is installed belongs to whoever installed it.
//!
//! At `url` lies a JSON object `{ "version": "1.2.3", "page": "https://…" }`, at `url.sig` the Ed25519 signature over its
//! bytes in base64. Without the right signature nothing is believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use http::Method;
use serde::Deserialize;
use url::Url;

use super::App;
use crate::WalletError;
use crate::transport::{HttpRequest, Network};
use crate::view::NewVersion;

/// Longest manifest and signature, bytes.
const LONGEST: usize = 4096;

/// Where newer versions are told, and whose word it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UpdateSource {
    /// The manifest.
    pub url: String,
    /// The Ed25519 key, 32 bytes in base64.
    pub key: String,
}

impl App {
    /// The version told at `source`, when it is newer than `own`. [`WalletError::BadAnswer`] when it is not signed by the
    /// source's key, or makes no sense.
    pub async fn newer_version(&self, source: &UpdateSource, own: &str) -> Result<Option<NewVersion>, WalletError> {
        newer(&*self.inner.options.network, source, own).await
    }
}

async fn newer(network: &dyn Network, source: &UpdateSource, own: &str) -> Result<Option<NewVersion>, WalletError> {
    let key = STANDARD.decode(source.key.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    let key = key.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).ok_or(WalletError::AddressInvalid)?;
    let url = Url::parse(&source.url).map_err(|_| WalletError::AddressInvalid)?;
    let manifest = fetch(network, &url, "").await?;
    let signature = fetch(network, &url, ".sig").await?;
    let signature = STANDARD.decode(signature.trim_ascii()).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    let signature = signature.ok_or(WalletError::BadAnswer)?;
    key.verify_strict(&manifest, &signature).map_err(|_| WalletError::BadAnswer)?;
    let told: NewVersion = serde_json::from_slice(&manifest).map_err(|_| WalletError::BadAnswer)?;
    let version = numbers(&told.version).ok_or(WalletError::BadAnswer)?;
    let safe = Url::parse(&told.page).is_ok_and(|page| page.scheme() == "https");
    if !safe {
        return Err(WalletError::BadAnswer);
    }
    Ok(numbers(own).is_some_and(|own| version > own).then_some(told))
}

async fn fetch(network: &dyn Network, url: &Url, ending: &str) -> Result<Vec<u8>, WalletError> {
    let way = network.open(&url.origin().ascii_serialization()).map_err(WalletError::from)?;
    let path = format!("{}{ending}", url.path());
    let request = HttpRequest { method: Method::GET, path, headers: Vec::new(), body: Vec::new() };
    let answer = way.send(request).await.map_err(WalletError::from)?;
    if answer.status == 200 && answer.body.len() <= LONGEST { Ok(answer.body) } else { Err(WalletError::BadAnswer) }
}

/// `1.2.3` as numbers; nothing else is a version.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ed25519_dalek::{Signer, SigningKey};
    use futures::future::BoxFuture;

    use super::*;
    use crate::transport::{HttpResponse, Pokes, Transport, TransportError};

    /// A server with a manifest and a signature.
    #[derive(Clone)]
    struct Told(&'static str, String);

    impl Transport for Told {
        fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
            let body = match request.path.as_str() {
                "/tessera.json" => self.0.as_bytes().to_vec(),
                "/tessera.json.sig" => format!("{}\n", self.1).into_bytes(),
                _ => Vec::new(),
            };
            Box::pin(async move { Ok(HttpResponse { status: 200, body }) })
        }
        fn listen(&self, _: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>> {
            Box::pin(async { Err(TransportError::Lost) })
        }
    }

    impl Network for Told {
        fn open(&self, server: &str) -> Result<Arc<dyn Transport>, TransportError> {
            assert_eq!(server, "https://apps.example");
            Ok(Arc::new(self.clone()))
        }
    }

    const NEWER: &str = r#"{"version":"0.10.0","page":"https://apps.example/tessera"}"#;

    async fn ask(manifest: &'static str, signed: &str, own: &str) -> Result<Option<NewVersion>, WalletError> {
        let key = SigningKey::from_bytes(&[7; 32]);
        let told = Told(manifest, STANDARD.encode(key.sign(signed.as_bytes()).to_bytes()));
        let key = STANDARD.encode(key.verifying_key().to_bytes());
        newer(&told, &UpdateSource { url: "https://apps.example/tessera.json".into(), key }, own).await
    }

    #[tokio::test]
    async fn only_a_newer_version_is_told_and_versions_are_numbers() {
        let told = ask(NEWER, NEWER, "0.9.1").await.expect("signed").expect("newer");
        assert_eq!(told.page, "https://apps.example/tessera");
        assert_eq!(ask(NEWER, NEWER, "0.10.0").await, Ok(None));
        assert_eq!(ask(NEWER, NEWER, "1.0.0").await, Ok(None));
    }

    #[tokio::test]
    async fn what_another_key_signed_or_somebody_changed_is_not_believed() {
        let other = r#"{"version":"0.11.0","page":"https://apps.example/tessera"}"#;
        assert_eq!(ask(NEWER, other, "0.9.1").await, Err(WalletError::BadAnswer));
        for bad in [
            r#"{"version":"0.10","page":"https://apps.example/"}"#,
            r#"{"version":"9.9.9","page":"file:///etc/passwd"}"#,
            "0.10.0",
        ] {
            assert_eq!(ask(bad, bad, "0.9.1").await, Err(WalletError::BadAnswer), "{bad}");
        }
        let key = STANDARD.encode([0_u8; 31]);
        let source = UpdateSource { url: "https://apps.example/tessera.json".into(), key };
        assert_eq!(newer(&Told(NEWER, String::new()), &source, "0.9.1").await, Err(WalletError::AddressInvalid));
    }
}
