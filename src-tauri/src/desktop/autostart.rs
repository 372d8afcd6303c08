//! Starting with the session: one entry in the folder that desktops read at their start (XDG autostart).

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager};

/// Whether the app starts with the session; none where there is no such folder.
pub(super) fn is_on(app: &AppHandle) -> Option<bool> {
    Some(on_in(&file(app)?))
}

/// Writes the entry, or takes it away.
pub(super) fn set(app: &AppHandle, on: bool) -> std::io::Result<()> {
    let file = file(app).ok_or(std::io::ErrorKind::Unsupported)?;
    set_in(&file, &std::env::current_exe()?, on)
}

fn file(app: &AppHandle) -> Option<PathBuf> {
    let folder = app.path().config_dir().ok().filter(|_| cfg!(target_os = "linux"))?;
    Some(folder.join("autostart/app.tessera.desktop.desktop"))
}

/// A desktop's settings switch an entry off by a line in it.
fn on_in(file: &Path) -> bool {
    let off = |line: &str| matches!(line.trim(), "Hidden=true" | "X-GNOME-Autostart-enabled=false");
    std::fs::read_to_string(file).is_ok_and(|text| !text.lines().any(off))
}

fn set_in(file: &Path, program: &Path, on: bool) -> std::io::Result<()> {
    if !on {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            done => done,
        };
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Tessera\nExec={} --in-tray\nX-GNOME-Autostart-enabled=true\n",
        quoted(&program.display().to_string())
    );
    std::fs::write(file, entry)
}

/// As the desktop entry specification wants a program's path: in quotes, and a per cent sign twice.
fn quoted(path: &str) -> String {
    let mut text = String::from("\"");
    for sign in path.chars() {
        match sign {
            // The entry's own escapes are undone before the quotes are read.
            '\\' => text.push_str("\\\\\\\\"),
            '"' | '`' | '$' => text.extend(["\\\\", &sign.to_string()]),
            '%' => text.push_str("%%"),
            sign => text.push(sign),
        }
    }
    text + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_is_written_read_switched_off_by_the_desktop_and_taken_away() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("autostart/tessera.desktop");
        assert!(!on_in(&file));
        set_in(&file, Path::new("/opt/a b/100%/tes$era"), true).expect("written");
        assert!(on_in(&file));
        let text = std::fs::read_to_string(&file).expect("there");
        assert!(text.contains("Exec=\"/opt/a b/100%%/tes\\\\$era\" --in-tray\n"), "{text}");
        std::fs::write(&file, text.replace("enabled=true", "enabled=false")).expect("as GNOME does");
        assert!(!on_in(&file));
        set_in(&file, Path::new("/x"), false).expect("taken away");
        set_in(&file, Path::new("/x"), false).expect("and again");
        assert!(!file.exists());
    }
}
