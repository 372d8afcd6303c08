//! Whether there is a screen to open a window on, asked before the toolkit, which can only abort.

/// Why no window can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoDisplay {
    /// Neither X11 nor Wayland is announced.
    #[error(
        "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n\
         Start Tessera from a desktop session; on a machine without a screen: \
         xvfb-run dbus-run-session tessera-app"
    )]
    NotAnnounced,
    /// Announced, but it does not answer.
    #[error(
        "The display does not answer (DISPLAY or WAYLAND_DISPLAY names one that is gone or not yours).\n\
         Start Tessera from a desktop session of your own."
    )]
    NotAnswering,
}

/// Looks for a display, as the environment announces it.
pub(crate) fn announced(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<(), NoDisplay> {
    let named = |name| variable(name).is_some_and(|value| !value.is_empty());
    if !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY") {
        return Ok(());
    }
    Err(NoDisplay::NotAnnounced)
}

/// Connects to the display.
#[cfg(target_os = "linux")]
pub(crate) fn connect() -> Result<(), NoDisplay> {
    draw_plainly();
    wake_accessibility();
    gtk::init().map_err(|_| NoDisplay::NotAnswering)
}

/// On a machine without a graphics card the page's engine would imitate one in software, and load what it needs for that
/// before it starts the page: half again of the start, more memory, and nothing gained for pages of text and a code. There
/// it draws without. What the environment already says of it stands.
#[cfg(target_os = "linux")]
fn draw_plainly() {
    if has_graphics_card(std::path::Path::new("/dev/dri")) {
        return;
    }
    // No thread runs yet. Refused, the engine does as ever.
    let _ = gtk::glib::setenv("WEBKIT_DISABLE_DMABUF_RENDERER", "1", false);
}

/// Whether the kernel offers something to draw with.
#[cfg(target_os = "linux")]
fn has_graphics_card(devices: &std::path::Path) -> bool {
    let nodes = std::fs::read_dir(devices).into_iter().flatten().flatten();
    nodes.into_iter().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

/// The toolkit asks for the accessibility bus and waits for it. In a session where no program has asked yet that bus has to
/// be started first, which takes as long as the toolkit needs to get there: it is begun beside it.
#[cfg(target_os = "linux")]
fn wake_accessibility() {
    use gtk::gio::{BusType, Cancellable, DBusCallFlags, bus_get_sync};
    let ask = || {
        let session = bus_get_sync(BusType::Session, Cancellable::NONE)?;
        let (name, place) = ("org.a11y.Bus", "/org/a11y/bus");
        session.call_sync(
            Some(name),
            place,
            name,
            "GetAddress",
            None,
            None,
            DBusCallFlags::NONE,
            1_000,
            Cancellable::NONE,
        )
    };
    // Without the bus, or without a thread, the toolkit does it by itself as ever.
    let _ = std::thread::Builder::new().name("accessibility".into()).spawn(move || ask().map(drop));
}

/// Elsewhere a desktop always has one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn connect() -> Result<(), NoDisplay> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn without_a_display_the_message_says_what_is_missing_and_what_to_do() {
        let error = announced(|_| None).expect_err("no display");
        let message = error.to_string();
        assert!(message.contains("DISPLAY") && message.contains("xvfb-run"), "{message}");
        assert_eq!(announced(|_| Some("".into())), Err(NoDisplay::NotAnnounced), "an empty name names nothing");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_a_render_node_is_something_to_draw_with() {
        let devices = tempfile::tempdir().expect("a folder");
        assert!(!has_graphics_card(&devices.path().join("none")));
        std::fs::write(devices.path().join("card0"), []).expect("a screen without a card behind it");
        assert!(!has_graphics_card(devices.path()));
        std::fs::write(devices.path().join("renderD128"), []).expect("a card");
        assert!(has_graphics_card(devices.path()));
    }

    #[test]
    fn either_kind_of_display_will_do() {
        for kind in ["DISPLAY", "WAYLAND_DISPLAY"] {
            assert_eq!(announced(|name| (name == kind).then(|| ":0".into())), Ok(()));
        }
    }
}
