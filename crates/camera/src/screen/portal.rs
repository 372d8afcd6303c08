//! The desktop's screenshot portal (`org.freedesktop.portal.Screenshot`), for Wayland.

use std::collections::HashMap;
use std::path::PathBuf;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::ScreenError;
use crate::frame::Luma;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PLACE: &str = "/org/freedesktop/portal/desktop";
/// Longest side of a picture that is unpacked: many monitors side by side.
const MAX_SIDE: u32 = 32_768;
/// Answers of a request: done, refused by the person, anything else.
const DONE: u32 = 0;

pub(super) fn screens() -> Result<Vec<Luma>, ScreenError> {
    let bus = Connection::session().map_err(|_| ScreenError::Unsupported)?;
    let file = asked(&bus)?;
    let bytes = std::fs::read(&file).map_err(|_| ScreenError::Faulty);
    // The portal keeps what it shot; we do not.
    if let Err(error) = std::fs::remove_file(&file) {
        return Err(if error.kind() == std::io::ErrorKind::NotFound {
            ScreenError::Faulty
        } else {
            ScreenError::Denied
        });
    }
    Ok(vec![unpacked(&bytes?)?])
}

/// The file the portal wrote.
fn asked(bus: &Connection) -> Result<PathBuf, ScreenError> {
    let unsupported = |_| ScreenError::Unsupported;
    // The answer comes as a signal on an object whose name is known beforehand, so that it cannot be missed.
    let token = format!("tessera{}", std::process::id());
    let sender = bus.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
    let place = format!("{PLACE}/request/{sender}/{token}");
    let request = Proxy::new(bus, NAME, place, "org.freedesktop.portal.Request").map_err(unsupported)?;
    let mut answers = request.receive_signal("Response").map_err(unsupported)?;
    let portal = Proxy::new(bus, NAME, PLACE, "org.freedesktop.portal.Screenshot").map_err(unsupported)?;
    let options = HashMap::from([("handle_token", Value::from(token)), ("interactive", Value::from(false))]);
    let _: OwnedObjectPath = portal.call("Screenshot", &("", options)).map_err(unsupported)?;
    let answer = answers.next().ok_or(ScreenError::Faulty)?;
    let (code, results): (u32, HashMap<String, OwnedValue>) =
        answer.body().deserialize().map_err(|_| ScreenError::Faulty)?;
    if code != DONE {
        return Err(ScreenError::Denied);
    }
    let uri = results.get("uri").and_then(|uri| <&str>::try_from(uri).ok()).ok_or(ScreenError::Faulty)?;
    path_of(uri).ok_or(ScreenError::Faulty)
}

/// The path in a `file:` address.
fn path_of(uri: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let path = uri.strip_prefix("file://")?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    path.starts_with('/').then(|| PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

fn unpacked(bytes: &[u8]) -> Result<Luma, ScreenError> {
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes));
    reader = reader.with_guessed_format().map_err(|_| ScreenError::Faulty)?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| ScreenError::Faulty)?.into_luma8();
    Ok(Luma { width: picture.width(), height: picture.height(), pixels: picture.into_raw() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portals_address_becomes_the_path_it_means() {
        assert_eq!(path_of("file:///home/a/Screenshot%20%C3%A9.png"), Some(PathBuf::from("/home/a/Screenshot é.png")));
        for other in ["https://example.org/x.png", "file://host/x", "file:///x%2", "file:///x%zz", ""] {
            assert_eq!(path_of(other), None, "{other}");
        }
    }
}
