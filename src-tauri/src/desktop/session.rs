//! The session's own lock, and the machine going to sleep: then the books lock too. logind says both on the system's
//! bus; desktops that lock their screen without it say so on the session's.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::Ordering;

use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use tauri::{AppHandle, Manager};
use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream, Proxy};

use super::{Desktop, lock};

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// Desktops' own words for a locked screen, each with a signal `ActiveChanged(true)`.
const SCREENSAVERS: [&str; 4] =
    ["org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver", "org.mate.ScreenSaver", "org.cinnamon.ScreenSaver"];

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// The session is locked now.
    Locked,
    /// And open again.
    Unlocked,
    /// The machine goes to sleep in a moment.
    Sleeping,
    /// It is awake again.
    Awake,
}

/// Listens for as long as the app lives. A bus that is not there is not listened to.
pub(super) fn listen(app: AppHandle) {
    let beside = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = hear_logind(&app).await {
            tracing::info!(%error, "the session's lock and the machine's sleep are not heard");
        }
    });
    tauri::async_runtime::spawn(async move {
        if let Err(error) = hear_screensavers(&beside).await {
            tracing::info!(%error, "the desktop's lock is not heard");
        }
    });
}

async fn hear_logind(app: &AppHandle) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let manager = Proxy::new(&bus, LOGIND, "/org/freedesktop/login1", MANAGER).await?;
    let mine = std::fs::metadata("/proc/self").map(|it| it.uid()).unwrap_or(u32::MAX);
    let rule = || MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(LOGIND);
    let sleep = rule()?.interface(MANAGER)?.member("PrepareForSleep")?.build();
    let session = rule()?.interface(SESSION)?.build();
    let hint = rule()?.interface(PROPERTIES)?.member("PropertiesChanged")?.arg(0, SESSION)?.build();
    let mut signals = together(&bus, [sleep, session, hint]).await?;
    let mut awake = hold_sleep(&manager).await;
    while let Some(message) = signals.next().await {
        let Some(heard) = meaning(&message) else { continue };
        let of_a_session = matches!(heard, Heard::Locked | Heard::Unlocked);
        if of_a_session && owner(&bus, &message).await != Some(mine) {
            continue;
        }
        take(app, heard).await;
        match heard {
            // Locked: the machine may sleep.
            Heard::Sleeping => awake = None,
            Heard::Awake if awake.is_none() => awake = hold_sleep(&manager).await,
            _ => {}
        }
    }
    Ok(())
}

async fn hear_screensavers(app: &AppHandle) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let mut rules = Vec::new();
    for name in SCREENSAVERS {
        let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal);
        rules.push(rule.interface(name)?.member("ActiveChanged")?.build());
    }
    let mut signals = together(&bus, rules).await?;
    while let Some(message) = signals.next().await {
        if let Some(heard) = meaning(&message) {
            take(app, heard).await;
        }
    }
    Ok(())
}

async fn take(app: &AppHandle, heard: Heard) {
    tracing::debug!(?heard, "the session");
    let covered = &app.state::<Desktop>().covered;
    match heard {
        Heard::Locked | Heard::Sleeping => {
            covered.store(true, Ordering::Relaxed);
            lock(app).await;
        }
        Heard::Unlocked | Heard::Awake => covered.store(false, Ordering::Relaxed),
    }
}

/// Signals of several kinds as one stream.
async fn together(
    bus: &Connection,
    rules: impl IntoIterator<Item = MatchRule<'static>>,
) -> zbus::Result<BoxStream<'static, Message>> {
    let mut streams = Vec::new();
    for rule in rules {
        let stream = MessageStream::for_match_rule(rule, bus, None).await?;
        streams.push(stream.filter_map(|message| async move { message.ok() }).boxed());
    }
    Ok(stream::select_all(streams).boxed())
}

/// What a signal says, if it says anything to us.
fn meaning(message: &Message) -> Option<Heard> {
    let header = message.header();
    let (body, member) = (message.body(), header.member()?.as_str().to_owned());
    let locked = |is| if is { Heard::Locked } else { Heard::Unlocked };
    match member.as_str() {
        "PrepareForSleep" => Some(if body.deserialize().ok()? { Heard::Sleeping } else { Heard::Awake }),
        "Lock" => Some(Heard::Locked),
        "Unlock" => Some(Heard::Unlocked),
        "ActiveChanged" => Some(locked(body.deserialize().ok()?)),
        "PropertiesChanged" => {
            let (_, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) = body.deserialize().ok()?;
            Some(locked(bool::try_from(changed.get("LockedHint")?).ok()?))
        }
        _ => None,
    }
}

/// Whose session a signal is about: on a machine of several people each locks their own.
async fn owner(bus: &Connection, message: &Message) -> Option<u32> {
    let header = message.header();
    let session = Proxy::new(bus, LOGIND, header.path()?.to_owned(), SESSION).await.ok()?;
    let (id, _): (u32, OwnedObjectPath) = session.get_property("User").await.ok()?;
    Some(id)
}

/// Asks to be waited for before the machine sleeps; dropped, it may. Without leave it sleeps when it wants to.
async fn hold_sleep(manager: &Proxy<'_>) -> Option<OwnedFd> {
    let asked = ("sleep", "Tessera", "Locking the book", "delay");
    match manager.call("Inhibit", &asked).await {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::info!(%error, "sleep does not wait for the lock");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(interface: &str, member: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) -> Message {
        let path = "/org/freedesktop/login1/session/_32";
        Message::signal(path, interface, member).expect("named").build(body).expect("built")
    }

    #[test]
    fn every_word_for_a_locked_session_is_understood_and_nothing_else() {
        let hint = |is: bool| {
            let changed = HashMap::from([("LockedHint", zbus::zvariant::Value::from(is))]);
            signal(PROPERTIES, "PropertiesChanged", &(SESSION, changed, Vec::<String>::new()))
        };
        assert_eq!(meaning(&signal(MANAGER, "PrepareForSleep", &true)), Some(Heard::Sleeping));
        assert_eq!(meaning(&signal(MANAGER, "PrepareForSleep", &false)), Some(Heard::Awake));
        assert_eq!(meaning(&signal(SESSION, "Lock", &())), Some(Heard::Locked));
        assert_eq!(meaning(&signal(SCREENSAVERS[0], "ActiveChanged", &true)), Some(Heard::Locked));
        assert_eq!(meaning(&signal(SCREENSAVERS[0], "ActiveChanged", &false)), Some(Heard::Unlocked));
        assert_eq!(meaning(&hint(true)), Some(Heard::Locked));
        assert_eq!(meaning(&hint(false)), Some(Heard::Unlocked));
        assert_eq!(meaning(&signal(SESSION, "PauseDevice", &"x")), None);
        let other = HashMap::from([("IdleHint", zbus::zvariant::Value::from(true))]);
        let other = signal(PROPERTIES, "PropertiesChanged", &(SESSION, other, Vec::<String>::new()));
        assert_eq!(meaning(&other), None);
    }
}
