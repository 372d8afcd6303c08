//! Connecting to PostgreSQL: how many at once, and that nobody between two machines reads or changes the book.

use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};

use crate::LedgerError;

pub(super) async fn connect(url: &str) -> Result<PgPool, LedgerError> {
    let options = options(url)?.disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// What the address says; on the way to another machine an address cannot ask for less than a checked certificate.
fn options(url: &str) -> Result<PgConnectOptions, LedgerError> {
    let options: PgConnectOptions = url.parse().map_err(|_| LedgerError::Unavailable)?;
    Ok(if stays_here(&options) { options } else { options.ssl_mode(PgSslMode::VerifyFull) })
}

/// A socket file, or this machine by one of its own names.
fn stays_here(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> PgSslMode {
        options(url).expect("an address").get_ssl_mode()
    }

    #[test]
    fn another_machine_is_never_spoken_to_unchecked() {
        for asked in
            ["", "?sslmode=disable", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"]
        {
            for host in ["db.example", "10.0.0.7", "localhost.evil.example", "127.0.0.1.example"] {
                let url = format!("postgres://tessera:secret@{host}/book{asked}");
                assert!(matches!(mode(&url), PgSslMode::VerifyFull), "{url}");
            }
        }
        let elsewhere = "postgres://tessera@localhost/book?host=db.example";
        assert!(matches!(mode(elsewhere), PgSslMode::VerifyFull), "the last host counts");
    }

    #[test]
    fn this_machine_is_spoken_to_as_asked() {
        assert!(matches!(mode("postgres://tessera@localhost/book?sslmode=disable"), PgSslMode::Disable));
        assert!(matches!(mode("postgres://tessera@localhost/book?host=/run/postgresql"), PgSslMode::Prefer));
        assert!(matches!(mode("postgres://tessera@127.0.0.1/book?sslmode=verify-full"), PgSslMode::VerifyFull));
    }
}
