//! One key that works in every app, on X11. Wayland keeps such keys for the desktop's own settings, where
//! `tessera-app --scan` can be given one.

use std::sync::{Arc, Mutex};

use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    CLIENT_MESSAGE_EVENT, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, GrabMode, ModMask, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

use super::Everywhere;

/// A key held down repeats; within this time it is one press, milliseconds of the display's clock.
const ONE_PRESS_MS: u32 = 600;

/// The key, when one was chosen and could be had.
#[derive(Default)]
pub(super) struct Key {
    held: Mutex<Option<Held>>,
    standing: Mutex<Option<Everywhere>>,
}

impl Key {
    /// Lets go of the key held so far and takes this one.
    pub(super) fn hold(&self, keys: Option<&str>, pressed: impl Fn() + Send + 'static) {
        let mut held = self.held.lock().unwrap_or_else(|e| e.into_inner());
        if held.as_ref().map(|held| held.keys.as_str()) == keys {
            return;
        }
        *held = None;
        let standing = match keys {
            None => Everywhere::Off,
            Some(_) if !is_x11(|name| std::env::var_os(name)) => Everywhere::DesktopsOwn,
            Some(keys) => match take(keys, pressed) {
                Ok(key) => {
                    *held = Some(key);
                    Everywhere::On
                }
                Err(error) => {
                    tracing::info!(%error, "no key that works everywhere");
                    Everywhere::Taken
                }
            },
        };
        *self.standing.lock().unwrap_or_else(|e| e.into_inner()) = Some(standing);
    }

    /// How it stands.
    pub(super) fn standing(&self) -> Everywhere {
        if !is_x11(|name| std::env::var_os(name)) {
            return Everywhere::DesktopsOwn;
        }
        self.standing.lock().unwrap_or_else(|e| e.into_inner()).unwrap_or(Everywhere::Off)
    }
}

/// Whether the session is X11. Under Wayland an X11 display may be there as well, but sees only its own apps' keys.
fn is_x11(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let named = |name| variable(name).is_some_and(|value| !value.is_empty());
    named("DISPLAY") && !named("WAYLAND_DISPLAY")
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
enum KeyError {
    /// Not a key of this keyboard.
    #[error("{0:?} is no key of this keyboard")]
    Unknown(String),
    /// Another app has it.
    #[error("another app has this key")]
    Taken,
    /// The display does not answer as it should.
    #[error("the display refuses: {0}")]
    Display(String),
}

/// A key of ours; dropped, it belongs to nobody.
struct Held {
    keys: String,
    display: Arc<RustConnection>,
    /// Never shown: a message to it ends the waiting.
    window: u32,
}

impl Drop for Held {
    fn drop(&mut self) {
        let end = ClientMessageEvent::new(32, self.window, self.window, [0_u32; 5]);
        let sent = self.display.send_event(false, self.window, EventMask::NO_EVENT, end).map(drop);
        if let Err(error) = sent.and_then(|()| self.display.flush()) {
            tracing::info!(%error, "the display is gone");
        }
    }
}

fn take(keys: &str, pressed: impl Fn() + Send + 'static) -> Result<Held, KeyError> {
    let display = |error: &dyn std::fmt::Display| KeyError::Display(error.to_string());
    let (mask, symbol) = read(keys).ok_or_else(|| KeyError::Unknown(keys.to_owned()))?;
    let (connection, screen) = RustConnection::connect(None).map_err(|e| display(&e))?;
    let root = connection.setup().roots[screen].root;
    let code = code_of(&connection, symbol)?.ok_or_else(|| KeyError::Unknown(keys.to_owned()))?;
    // Caps lock and num lock count as modifiers, and must not matter.
    for locks in [ModMask::default(), ModMask::LOCK, ModMask::M2, ModMask::LOCK | ModMask::M2] {
        let asked = connection.grab_key(false, root, mask | locks, code, GrabMode::ASYNC, GrabMode::ASYNC);
        match asked.map_err(|e| display(&e))?.check() {
            Ok(()) => {}
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => return Err(KeyError::Taken),
            Err(error) => return Err(display(&error)),
        }
    }
    let window = connection.generate_id().map_err(|e| display(&e))?;
    let aux = CreateWindowAux::new();
    let made = connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux);
    made.map_err(|e| display(&e))?.check().map_err(|e| display(&e))?;
    let connection = Arc::new(connection);
    let waiting = Arc::clone(&connection);
    std::thread::spawn(move || wait(&waiting, pressed));
    Ok(Held { keys: keys.to_owned(), display: connection, window })
}

/// Tells of every press, until the display or the key is gone.
fn wait(display: &RustConnection, pressed: impl Fn()) {
    let mut last: Option<u32> = None;
    while let Ok(event) = display.wait_for_event() {
        match event {
            Event::KeyPress(press) => {
                let repeats = last.is_some_and(|last| press.time.wrapping_sub(last) < ONE_PRESS_MS);
                last = Some(press.time);
                if !repeats {
                    pressed();
                }
            }
            event if event.response_type() & 0x7f == CLIENT_MESSAGE_EVENT => return,
            _ => {}
        }
    }
}

/// The key's place on this keyboard.
fn code_of(display: &RustConnection, symbol: u32) -> Result<Option<u8>, KeyError> {
    let (first, last) = (display.setup().min_keycode, display.setup().max_keycode);
    let asked = display.get_keyboard_mapping(first, last - first + 1);
    let keys = asked.map_err(|e| KeyError::Display(e.to_string()))?.reply();
    let keys = keys.map_err(|e| KeyError::Display(e.to_string()))?;
    let per_key = usize::from(keys.keysyms_per_keycode).max(1);
    let found = keys.keysyms.chunks(per_key).position(|of_key| of_key.first() == Some(&symbol));
    Ok(found.and_then(|place| first.checked_add(u8::try_from(place).ok()?)))
}

/// Modifiers and key symbol of a text like `Mod+Shift+S`. A key without Ctrl or Alt would be taken from every app's
/// typing, unless it is one of the function keys.
fn read(keys: &str) -> Option<(ModMask, u32)> {
    const F1: u32 = 0xffbe;
    let mut mask = ModMask::default();
    let mut parts = keys.split('+').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some() {
            mask |= match part {
                "Mod" => ModMask::CONTROL,
                "Alt" => ModMask::M1,
                "Shift" => ModMask::SHIFT,
                _ => return None,
            };
            continue;
        }
        let function = part.strip_prefix('F').and_then(|number| number.parse::<u32>().ok());
        if let Some(number) = function.filter(|number| (1..=12).contains(number)) {
            return Some((mask, F1 + number - 1));
        }
        let sign = part.bytes().next().filter(|byte| part.len() == 1 && byte.is_ascii_alphanumeric())?;
        let held = u16::from(mask) & u16::from(ModMask::CONTROL | ModMask::M1) != 0;
        return held.then(|| (mask, u32::from(sign.to_ascii_lowercase())));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_what_would_be_taken_from_typing_is_no_key() {
        assert_eq!(read("Mod+Shift+S"), Some((ModMask::CONTROL | ModMask::SHIFT, 0x73)));
        assert_eq!(read("Alt+1"), Some((ModMask::M1, 0x31)));
        assert_eq!(read("F9"), Some((ModMask::default(), 0xffc6)));
        for none in ["S", "Shift+S", "", "Mod+", "Mod+Esc", "Super+S", "F13", "Mod+é"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn under_wayland_no_key_of_the_x11_display_is_taken() {
        let with = |names: &'static [&'static str]| is_x11(move |name| names.contains(&name).then(|| ":0".into()));
        assert!(with(&["DISPLAY"]));
        assert!(!with(&["DISPLAY", "WAYLAND_DISPLAY"]) && !with(&[]));
    }
}
