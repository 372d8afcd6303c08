//! Notices over the session's bus, each with one way to press it. The service is asked once what it can do.

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use tauri::AppHandle;
use tokio::sync::{Mutex, OnceCell};
use wallet::{CommandError, ErrorCode};
use zbus::zvariant::Value;
use zbus::{Connection, Proxy};

use super::{Place, lead};

const SERVICE: &str = "org.freedesktop.Notifications";
const OBJECT: &str = "/org/freedesktop/Notifications";
/// Longest title and text of a notice, in characters.
const LONGEST: (usize, usize) = (80, 240);
/// What pressing the notice itself is called; the button has a name of its own.
const DEFAULT: &str = "default";

/// Where each notice on the screen leads.
type Shown = Arc<Mutex<HashMap<u32, Place>>>;

/// The notices of this app.
#[derive(Default)]
pub(super) struct Notices {
    line: OnceCell<Line>,
    shown: Shown,
}

struct Line {
    service: Proxy<'static>,
    can_act: bool,
}

impl Notices {
    /// Shows a notice. [`ErrorCode::Internal`] when there is no service for them.
    pub(super) async fn show(
        &self,
        app: &AppHandle,
        title: &str,
        body: &str,
        action: &str,
        place: Place,
    ) -> Result<(), CommandError> {
        let shown = Arc::clone(&self.shown);
        let line = self.line.get_or_try_init(|| open(app.clone(), shown)).await.map_err(refused)?;
        let action = plain(action, LONGEST.0);
        let actions: &[&str] = if line.can_act { &[DEFAULT, &action, "show", &action] } else { &[] };
        let hints: HashMap<&str, Value<'_>> = HashMap::from([("desktop-entry", Value::from("Tessera"))]);
        let (title, body) = (plain(title, LONGEST.0), plain(body, LONGEST.1));
        let said = ("Tessera", 0_u32, "tessera-app", title, body, actions, hints, -1_i32);
        // Held until the number is known: a press may be quicker than the answer.
        let mut shown = self.shown.lock().await;
        let id: u32 = line.service.call("Notify", &said).await.map_err(refused)?;
        shown.insert(id, place);
        Ok(())
    }

    /// Takes every notice of this app away again.
    pub(super) async fn withdraw(&self) {
        let Some(line) = self.line.get() else { return };
        let shown: Vec<u32> = self.shown.lock().await.drain().map(|(id, _)| id).collect();
        for id in shown {
            if let Err(error) = line.service.call_method("CloseNotification", &id).await {
                tracing::info!(%error, "a notice stays");
            }
        }
    }
}

async fn open(app: AppHandle, shown: Shown) -> zbus::Result<Line> {
    let bus = Connection::session().await?;
    let service = Proxy::new(&bus, SERVICE, OBJECT, SERVICE).await?;
    let abilities: Vec<String> = service.call("GetCapabilities", &()).await.unwrap_or_default();
    let mut pressed = service.receive_signal("ActionInvoked").await?;
    let mut closed = service.receive_signal("NotificationClosed").await?;
    let kept = Arc::clone(&shown);
    tauri::async_runtime::spawn(async move {
        while let Some(message) = pressed.next().await {
            let Ok((id, _)) = message.body().deserialize::<(u32, String)>() else { continue };
            let place = kept.lock().await.remove(&id);
            if let Some(place) = place {
                lead(&app, &place);
            }
        }
    });
    tauri::async_runtime::spawn(async move {
        while let Some(message) = closed.next().await {
            if let Ok((id, _)) = message.body().deserialize::<(u32, u32)>() {
                shown.lock().await.remove(&id);
            }
        }
    });
    Ok(Line { service, can_act: abilities.iter().any(|it| it == "actions") })
}

fn refused(error: zbus::Error) -> CommandError {
    tracing::info!(%error, "no notice was shown");
    ErrorCode::Internal.into()
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
