//! The services of a desktop, as far as the app meets them: the host of the tray, the notices, logind. Each writes down
//! what it was asked, and says what a test tells it to.

use std::collections::HashMap;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask};
use zbus::zvariant::{ObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, connection, interface};

const PATIENCE: Duration = Duration::from_secs(60);
const LOGIND: &str = "/org/freedesktop/login1";
const READER: &str = "/net/reactivated/Fprint/Device/0";

/// What the services were asked.
#[derive(Default)]
struct Asked {
    /// Names of the apps in the tray.
    tray: Vec<String>,
    /// Title and actions of each notice; its number is its place from 1.
    notices: Vec<(String, Vec<String>)>,
    /// Numbers of the notices that were taken away again.
    withdrawn: Vec<u32>,
    /// Somebody waits for a finger.
    at_reader: bool,
    /// The end of each inhibitor that tells when it was let go.
    inhibitors: Vec<std::io::PipeReader>,
}

type Book = Arc<Mutex<Asked>>;

/// All of them, on the bus of one desk.
pub struct Services {
    bus: Connection,
    asked: Book,
}

struct Watcher(Book);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        locked(&self.0).tray.push(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

struct Notices(Book);

#[interface(name = "org.freedesktop.Notifications")]
impl Notices {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".into(), "body".into()]
    }

    #[expect(clippy::too_many_arguments, reason = "the specification's own")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        title: String,
        _body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut asked = locked(&self.0);
        asked.notices.push((title, actions));
        u32::try_from(asked.notices.len()).expect("few")
    }

    fn close_notification(&self, id: u32) {
        locked(&self.0).withdrawn.push(id);
    }
}

struct Logind(Book);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(
        &self,
        what: String,
        _who: String,
        _why: String,
        mode: String,
    ) -> zbus::fdo::Result<zbus::zvariant::OwnedFd> {
        assert_eq!((what.as_str(), mode.as_str()), ("sleep", "delay"));
        let (end, held) = std::io::pipe().map_err(|error| zbus::fdo::Error::IOError(error.to_string()))?;
        locked(&self.0).inhibitors.push(end);
        Ok(OwnedFd::from(held).into())
    }
}

struct Fprint;

#[interface(name = "net.reactivated.Fprint.Manager")]
impl Fprint {
    fn get_default_device(&self) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(READER)
    }
}

struct Reader(Book);

#[interface(name = "net.reactivated.Fprint.Device")]
impl Reader {
    fn list_enrolled_fingers(&self, _user: String) -> Vec<String> {
        vec!["right-index-finger".into()]
    }

    fn claim(&self, _user: String) {}

    fn release(&self) {}

    fn verify_start(&self, finger: String) {
        assert_eq!(finger, "any");
        locked(&self.0).at_reader = true;
    }

    fn verify_stop(&self) {
        locked(&self.0).at_reader = false;
    }
}

/// A session of somebody.
struct Session(u32);

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn user(&self) -> (u32, ObjectPath<'static>) {
        (self.0, ObjectPath::from_static_str_unchecked("/org/freedesktop/login1/user/_0"))
    }
}

fn locked(book: &Book) -> std::sync::MutexGuard<'_, Asked> {
    book.lock().unwrap_or_else(|e| e.into_inner())
}

impl Services {
    /// Starts them on the bus at this address. There are two sessions: `mine` and `another`'s.
    pub async fn on(address: &str) -> Services {
        let asked = Book::default();
        let me = std::fs::metadata("/proc/self").expect("this process").uid();
        let session = |name: &str| format!("{LOGIND}/session/{name}");
        let bus = connection::Builder::address(address)
            .and_then(|it| it.name("org.kde.StatusNotifierWatcher"))
            .and_then(|it| it.name("org.freedesktop.Notifications"))
            .and_then(|it| it.name("org.freedesktop.login1"))
            .and_then(|it| it.name("net.reactivated.Fprint"))
            .and_then(|it| it.serve_at("/net/reactivated/Fprint/Manager", Fprint))
            .and_then(|it| it.serve_at(READER, Reader(Arc::clone(&asked))))
            .and_then(|it| it.serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&asked))))
            .and_then(|it| it.serve_at("/org/freedesktop/Notifications", Notices(Arc::clone(&asked))))
            .and_then(|it| it.serve_at(LOGIND, Logind(Arc::clone(&asked))))
            .and_then(|it| it.serve_at(session("mine"), Session(me)))
            .and_then(|it| it.serve_at(session("another"), Session(me + 1)))
            .expect("names and places");
        Services { bus: bus.build().await.expect("the bus takes them"), asked }
    }

    /// Waits until something was asked.
    async fn when<T>(&self, what: &str, look: impl Fn(&mut Asked) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(&mut locked(&self.asked)) {
                return found;
            }
            assert!(Instant::now() < deadline, "{what}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits for the notice that begins so; gives its number and actions.
    pub async fn notice(&self, title: &str) -> (u32, Vec<String>) {
        self.when(&format!("no notice “{title}” came"), |asked| {
            let place = asked.notices.iter().position(|(it, _)| it.starts_with(title))?;
            Some((u32::try_from(place + 1).ok()?, asked.notices[place].1.clone()))
        })
        .await
    }

    /// Presses a notice.
    pub async fn press(&self, id: u32, action: &str) {
        self.tell("/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked", &(id, action))
            .await;
    }

    /// Waits until a notice was taken away again.
    pub async fn withdrawn(&self, id: u32) {
        self.when("the notice stayed", |asked| asked.withdrawn.contains(&id).then_some(())).await;
    }

    /// Locks the session of that name.
    pub async fn lock(&self, session: &str) {
        let path = format!("{LOGIND}/session/{session}");
        self.tell(&path, "org.freedesktop.login1.Session", "Lock", &()).await;
    }

    /// Waits until the app waits for a finger, then lays one on: the right one, or another.
    pub async fn lay_finger(&self, right: bool) {
        self.when("nobody waits for a finger", |asked| asked.at_reader.then_some(())).await;
        let result = if right { "verify-match" } else { "verify-no-match" };
        // As a person does: until the reader has noticed.
        while locked(&self.asked).at_reader {
            self.tell(READER, "net.reactivated.Fprint.Device", "VerifyStatus", &(result, true)).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// The machine goes to sleep, or wakes.
    pub async fn sleep(&self, sleeps: bool) {
        self.tell(LOGIND, "org.freedesktop.login1.Manager", "PrepareForSleep", &sleeps).await;
    }

    /// Waits until the app asks to be waited for before the machine sleeps; gives what ends when it lets go.
    pub async fn inhibitor(&self) -> std::io::PipeReader {
        self.when("sleep was not held", |asked| asked.inhibitors.pop()).await
    }

    async fn tell(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        body: &(impl zbus::export::serde::Serialize + zbus::zvariant::DynamicType),
    ) {
        self.bus.emit_signal(None::<&str>, path, interface, name, body).await.expect("told");
    }

    /// Waits until the app is in the tray, and gives its menu: labels by number.
    pub async fn menu(&self) -> HashMap<String, i32> {
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu").await;
        type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (_, top): (u32, Entry) = menu.call("GetLayout", &(0, -1, Vec::<String>::new())).await.expect("a menu");
        let entry = |value: OwnedValue| Entry::try_from(Value::from(value)).ok();
        let label = |entry: &Entry| entry.1.get("label").and_then(|it| String::try_from(it.clone()).ok());
        top.2.into_iter().filter_map(entry).filter_map(|it| Some((label(&it)?, it.0))).collect()
    }

    /// Chooses an entry of the tray's menu.
    pub async fn choose(&self, label: &str) {
        let menu = self.menu().await;
        let id = menu.get(label).unwrap_or_else(|| panic!("no “{label}” in {menu:?}"));
        let proxy = self.proxy("/MenuBar", "com.canonical.dbusmenu").await;
        let () = proxy.call("Event", &(id, "clicked", Value::from(0), 0_u32)).await.expect("chosen");
    }

    async fn proxy(&self, path: &'static str, interface: &'static str) -> Proxy<'static> {
        let name = self.when("the app is in no tray", |asked| asked.tray.last().cloned()).await;
        Proxy::new(&self.bus, name, path, interface).await.expect("there")
    }
}

/// Waits until whoever held the other end has let go.
pub async fn let_go(mut end: std::io::PipeReader) {
    let read = tokio::task::spawn_blocking(move || end.read_to_end(&mut Vec::new()));
    let ended = tokio::time::timeout(PATIENCE, read).await;
    assert!(matches!(ended, Ok(Ok(Ok(0)))), "still held: {ended:?}");
}

/// Asks the window of that title to close, as a window manager does.
pub fn close_window(display: &str, title: &str) {
    let (connection, screen) = x11rb::connect(Some(display)).expect("the display");
    let root = connection.setup().roots[screen].root;
    let atom = |name: &[u8]| connection.intern_atom(false, name).expect("asked").reply().expect("an atom").atom;
    let (protocols, delete) = (atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"));
    let titled = |window: u32| {
        let name =
            connection.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64).ok()?.reply().ok()?;
        let takes = connection.get_property(false, window, protocols, AtomEnum::ATOM, 0, 16).ok()?.reply().ok()?;
        let closes = takes.value32()?.any(|it| it == delete);
        (closes && name.value == title.as_bytes()).then_some(window)
    };
    let tree = connection.query_tree(root).expect("asked").reply().expect("the windows");
    let window = tree.children.into_iter().find_map(titled).expect("the window is there");
    let ask = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
    connection.send_event(false, window, EventMask::NO_EVENT, ask).expect("asked").check().expect("heard");
    connection.flush().expect("sent");
}
