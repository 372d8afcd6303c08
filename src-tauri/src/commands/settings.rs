//! What the person chose about the app, and the system's notices.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use wallet::ErrorCode;
use wallet::view::Settings;

use super::{Answer, Core};

/// Longest title and text of a notice, in characters.
const LONGEST_NOTICE: (usize, usize) = (80, 240);

/// The choices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(core: Core<'_>) -> Answer<Settings> {
    Ok(core.behind_lock().await?.settings().await?)
}

/// Changes them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_settings(core: Core<'_>, settings: Settings) -> Answer<Settings> {
    Ok(core.behind_lock().await?.set_settings(settings).await?)
}

/// Sets, changes or (with `next` missing) takes away the PIN. `new` would be a reserved word in the bindings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_pin(core: Core<'_>, old: Option<String>, next: Option<String>) -> Answer<()> {
    Ok(core.wallet().await?.set_pin(old, next).await?)
}

/// Shows a notice of the system, in the window's words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn notify(app: AppHandle, title: String, body: String) -> Answer<()> {
    let (title, body) = (plain(&title, LONGEST_NOTICE.0), plain(&body, LONGEST_NOTICE.1));
    app.notification().builder().title(title).body(body).show().map_err(|_| ErrorCode::Internal.into())
}

/// Some desktops read markup in notices; names of people are in them.
fn plain(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '<' | '>'))
        .take(longest)
        .collect::<String>()
        .replace('&', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_cannot_carry_markup_or_grow() {
        assert_eq!(plain("<b>Ana</b>\u{7} & co", 80), "bAna/b + co");
        assert_eq!(plain(&"x".repeat(500), 80).len(), 80);
    }
}
