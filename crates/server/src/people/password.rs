use crate::fault::Fault;
use crate::state::Server;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

/// Argon2id, 19 MiB, 2 passes, 1 lane (OWASP's first choice).
fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19_456, 2, 1, None).map_err(|_| Fault::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a new password, off the async threads, a few at a time.
pub async fn hash(server: &Server, password: String) -> Result<String, Fault> {
    let salt = SaltString::encode_b64(&server.randomness.bytes::<16>()).map_err(|_| Fault::Hashing)?;
    let permit = server.hashing.clone().acquire_owned().await.map_err(|_| Fault::Stopping)?;
    let task = tokio::task::spawn_blocking(move || {
        let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(|_| Fault::Hashing)?.to_string();
        drop(permit);
        Ok(hash)
    });
    task.await.map_err(|_| Fault::Hashing)?
}

/// Whether the password is the one of this hash. Without a hash it works as long and says no, so that the time taken
/// does not tell which accounts exist.
pub async fn is_right(server: &Server, password: String, hash: Option<String>) -> Result<bool, Fault> {
    let Some(expected) = hash else {
        self::hash(server, password).await?;
        return Ok(false);
    };
    let permit = server.hashing.clone().acquire_owned().await.map_err(|_| Fault::Stopping)?;
    let task = tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&expected).map_err(|_| Fault::Stored("password hash"))?;
        let right = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
        drop(permit);
        Ok(right)
    });
    task.await.map_err(|_| Fault::Hashing)?
}
