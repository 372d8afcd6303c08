//! The system's browser and wallet apps: opened by a press alone, and only for the server's own pages and for codes the
//! wallet has checked.

use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt;
use wallet::view::Handover;
use wallet::{CommandError, ErrorCode};

/// Opens `address` if it is a page of `server`.
pub(crate) fn open(app: &AppHandle, address: &str, server: &str) -> Result<(), CommandError> {
    let page = page_of(address, server).ok_or(ErrorCode::BadAnswer)?;
    app.opener().open_url(page, None::<&str>).map_err(|_| ErrorCode::Internal.into())
}

/// Gives a payment code to whatever app the system has for it. The wallet made the address and checked its scheme.
pub(crate) fn hand_over(app: &AppHandle, handover: &Handover) -> Result<(), CommandError> {
    tracing::info!(scheme = handover.scheme, "a code is given to another app");
    app.opener().open_url(&handover.uri, None::<&str>).map_err(|_| ErrorCode::Internal.into())
}

/// The address as it is opened; nothing unless scheme, host and port are exactly the server's.
fn page_of(address: &str, server: &str) -> Option<String> {
    let (page, home) = (Url::parse(address).ok()?, Url::parse(server).ok()?);
    let same = page.origin() == home.origin() && page.origin().is_tuple();
    let plain = page.username().is_empty() && page.password().is_none();
    (same && plain && matches!(page.scheme(), "http" | "https")).then(|| page.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_our_server_are_opened() {
        let server = "https://pay.example";
        assert_eq!(page_of("https://pay.example/act/1", server).as_deref(), Some("https://pay.example/act/1"));
        assert!(page_of("http://127.0.0.1:20001/act", "http://127.0.0.1:20001").is_some());
        for other in [
            "https://pay.example.evil.example/",
            "https://pay.example@evil.example/",
            "https://u:p@pay.example/",
            "http://pay.example/",
            "https://pay.example:444/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "--help",
            "",
        ] {
            assert_eq!(page_of(other, server), None, "{other}");
        }
    }
}
