//! A desk: one virtual screen, one session bus, one WebDriver, one real app window, each with a home of its own.
//! It never sleeps and hopes: every wait polls with a deadline, and every failure leaves a picture.
//! Start with [`Desk::start`], then [`Desk::press`], [`Desk::fill`] and [`Desk::see`].

pub mod system;
pub mod town;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before the test says it did not happen. CI has two busy cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running app and everything under it. Dropping it ends all of it.
pub struct Desk {
    /// The WebDriver session.
    pub client: Client,
    home: tempfile::TempDir,
    screen: Running,
    display: String,
    driver: Option<Running>,
    name: String,
}

/// A window of another program.
pub struct Beside(#[expect(dead_code, reason = "held to be dropped")] Running);

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// A program as this very build made it.
fn built(program: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("the test knows where it is");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    let program = path.join(program);
    assert!(program.exists(), "{} is missing: cargo build --workspace", program.display());
    program
}

fn spawn(command: &mut Command) -> Running {
    use std::os::unix::process::CommandExt;
    let shown = format!("{command:?}");
    Running(
        command.process_group(0).spawn().unwrap_or_else(|e| panic!("{shown} did not start ({e}); ./test installs it")),
    )
}

fn start_screen(size: &str) -> (Running, String) {
    let mut command = Command::new("Xvfb");
    command
        .args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut screen = spawn(&mut command);
    let mut line = String::new();
    let output = screen.0.stdout.take().expect("stdout is piped");
    BufReader::new(output).read_line(&mut line).expect("Xvfb says its display");
    assert!(!line.trim().is_empty(), "Xvfb did not start; ./test installs it (package xvfb)");
    let display = format!(":{}", line.trim());
    (screen, display)
}

/// A server of one's own beside the app, ended on drop.
pub struct OwnServer {
    _running: Running,
    /// Its public address.
    pub address: String,
}

impl OwnServer {
    /// Starts `tessera-server` on a free port with its files in `folder`.
    pub fn start(folder: &Path) -> OwnServer {
        let port = free_port();
        let address = format!("http://127.0.0.1:{port}");
        let database = format!("sqlite:{}", folder.join("server.db").display());
        let mut command = Command::new(built("tessera-server"));
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--public-url", &address, "--database", &database]);
        command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let running = spawn(&mut command);
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "tessera-server did not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        OwnServer { _running: running, address }
    }
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("its number").port()
}

impl Desk {
    /// Starts the app for the first time in its life, with `args`, on a desk without a keyring.
    pub async fn start(name: &str, args: &[&str]) -> Desk {
        let home = tempfile::tempdir().expect("a home");
        Desk::start_in(name, args, home, false).await
    }

    /// The same on a desk whose session has an unlocked keyring (GNOME's).
    pub async fn start_with_keyring(name: &str) -> Desk {
        let home = tempfile::tempdir().expect("a home");
        Desk::start_in(name, &[], home, true).await
    }

    async fn start_in(name: &str, args: &[&str], home: tempfile::TempDir, keyring: bool) -> Desk {
        let (screen, display) = start_screen("1400x1000x24");
        let port = free_port();
        let driver = start_driver(&display, port, home.path(), keyring);
        let client = connect(port, args).await;
        client.set_window_size(1280, 800).await.expect("the window takes a size");
        Desk { client, home, screen, display, driver: Some(driver), name: name.to_owned() }
    }

    /// The folder whose pictures the camera shows in this test.
    pub fn camera_folder(&self) -> PathBuf {
        self.home.path().join("camera")
    }

    /// What the app has said so far to the system's notification service, as the session's bus carried it.
    pub fn notices(&self) -> String {
        std::fs::read_to_string(self.home.path().join("notices")).unwrap_or_default()
    }

    /// Address of the bus of this desk's session, which is its system's as well.
    pub fn bus(&self) -> String {
        std::fs::read_to_string(self.home.path().join("bus")).expect("the session has a bus")
    }

    /// What the windows remember of their places.
    pub fn window_state(&self) -> String {
        let file = self.home.path().join("config/app.tessera.desktop/.window-state.json");
        std::fs::read_to_string(file).unwrap_or_default()
    }

    /// The write-ahead logs of databases that are open, or were left so; "all closed" when there is none.
    pub fn databases(&self) -> String {
        fn logs(folder: &Path) -> Vec<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let of_one = entries.flat_map(|entry| match entry.path() {
                path if path.is_dir() => logs(&path),
                path if path.extension().is_some_and(|kind| kind == "sqlite-wal" || kind == "db-wal") => {
                    vec![path.display().to_string()]
                }
                _ => Vec::new(),
            });
            of_one.collect()
        }
        let open = logs(&self.data());
        if open.is_empty() { "all closed".into() } else { open.join(", ") }
    }

    /// The entry that starts the app with the session, if there is one.
    pub fn autostart(&self) -> String {
        let file = self.home.path().join("config/autostart/app.tessera.desktop.desktop");
        std::fs::read_to_string(file).unwrap_or_default()
    }

    /// Presses keys on the desk's keyboard, whatever has the focus.
    pub fn keys(&self, keys: &str) {
        let mut command = Command::new("xdotool");
        let pressed = command.env("DISPLAY", &self.display).args(["key", keys]).status();
        assert!(pressed.is_ok_and(|status| status.success()), "xdotool presses {keys}");
    }

    /// Closes the main window as a desktop does when its cross is pressed.
    pub fn close_window(&self) {
        system::close_window(&self.display, "Tessera");
    }

    /// Waits until a script in the page answers so.
    pub async fn says(&self, script: &str, answer: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.client.execute(script, vec![]).await.ok() != Some(json!(answer)) {
            if Instant::now() > deadline {
                self.fail(&format!("“{script}” did not answer {answer}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page of the window is at a path that begins so.
    pub async fn at(&self, path: &str) {
        let deadline = Instant::now() + PATIENCE;
        let script = "return location.pathname.startsWith(arguments[0])";
        while self.client.execute(script, vec![json!(path)]).await.ok() != Some(json!(true)) {
            if Instant::now() > deadline {
                self.fail(&format!("the window did not come to {path}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The addresses the app has asked the system's browser to open, one a line.
    pub fn opened(&self) -> String {
        std::fs::read_to_string(self.home.path().join("opened")).unwrap_or_default()
    }

    /// Waits until `told` gives a text with `wanted` in it.
    pub async fn told(&self, told: impl Fn(&Desk) -> String, wanted: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !told(self).contains(wanted) {
            if Instant::now() > deadline {
                self.fail(&format!("“{wanted}” was not told, but: {}", told(self))).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for a dialog of the system with `title`, types a path into it and accepts it by the keyboard.
    pub async fn save_as(&self, title: &str, path: &Path) {
        let deadline = Instant::now() + PATIENCE;
        let keys = |arguments: &[&str]| {
            let mut command = Command::new("xdotool");
            command.env("DISPLAY", &self.display).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        while !keys(&["search", "--onlyvisible", "--name", title, "windowfocus", "--sync"]) {
            if Instant::now() > deadline {
                self.fail(&format!("no dialog “{title}” came")).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let path = path.display().to_string();
        let typed = keys(&["key", "ctrl+a"]) && keys(&["type", "--delay", "20", &path]) && keys(&["key", "Return"]);
        assert!(typed, "xdotool types");
    }

    /// Shows a picture in a window of another program until the answer is dropped.
    pub fn show_beside(&self, picture: &Path) -> Beside {
        let mut command = Command::new("display");
        command.args(["-geometry", "+40+40"]).arg(picture).env("DISPLAY", &self.display);
        Beside(spawn(command.stdout(Stdio::null()).stderr(Stdio::null())))
    }

    /// The app's own data.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Ends the app the hard way and starts it again in the same home.
    pub async fn kill_and_start_again(mut self, args: &[&str]) -> Desk {
        self.driver = None;
        let Desk { home, name, screen, .. } = self;
        drop(screen);
        Desk::start_in(&name, args, home, false).await
    }

    /// Waits for an element and gives it.
    pub async fn find(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => self.fail(&format!("no {css}: {error}")).await,
        }
    }

    /// Waits until an element is shown and can be pressed, then presses it.
    pub async fn press(&self, css: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.ready(css).await;
            if element.click().await.is_ok() {
                return;
            }
            if Instant::now() > deadline {
                self.fail(&format!("{css} could not be pressed")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses what closes its own window. The driver waits for a window that is gone for ever, so the page is left to
    /// do the pressing after the driver has been answered.
    pub async fn press_last(&self, css: &str) {
        self.ready(css).await;
        let script = "const [css] = arguments; setTimeout(() => document.querySelector(css)?.click(), 100);";
        if self.client.execute(script, vec![json!(css)]).await.is_err() {
            self.fail(&format!("{css} could not be pressed")).await;
        }
    }

    /// Waits until an element is shown and can be pressed.
    async fn ready(&self, css: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.find(css).await;
            let waits = element.attr("aria-disabled").await.ok().flatten().is_some_and(|value| value == "true");
            let shown = element.is_displayed().await.unwrap_or(false);
            if shown && !waits && element.is_enabled().await.unwrap_or(false) {
                return element;
            }
            if Instant::now() > deadline {
                self.fail(&format!("{css} cannot be pressed")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into a field, replacing what was there.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        if field.clear().await.is_err() || field.send_keys(text).await.is_err() {
            self.fail(&format!("{css} takes no text")).await;
        }
    }

    /// Waits until the focus has come to an element.
    pub async fn focused(&self, css: &str) {
        let deadline = Instant::now() + PATIENCE;
        let script = "return document.activeElement === document.querySelector(arguments[0])";
        while self.client.execute(script, vec![json!(css)]).await.ok() != Some(json!(true)) {
            if Instant::now() > deadline {
                self.fail(&format!("{css} did not get the focus")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Gives a date field its day, `YYYY-MM-DD`: WebDriver types into these by the system's language.
    pub async fn fill_date(&self, css: &str, day: &str) {
        let _ = self.find(css).await;
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true }));";
        if self.client.execute(script, vec![json!(css), json!(day)]).await.is_err() {
            self.fail(&format!("{css} takes no day")).await;
        }
    }

    /// Waits until the code in the window, as the window shows it, reads as a text, and gives that.
    pub async fn read_code(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let picture = self.look().await.unwrap_or_default();
            let luma = qr::picture::decode(&picture).ok();
            let symbols = luma.map(|luma| qr::scan(&luma, qr::Effort::Still)).unwrap_or_default();
            if let Some(text) = symbols.into_iter().find_map(|symbol| symbol.text) {
                return text;
            }
            if Instant::now() > deadline {
                self.fail("the window shows no readable code").await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the page's visible text contains `text`.
    pub async fn see(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.text().await.contains(text) {
            if Instant::now() > deadline {
                self.fail(&format!("“{text}” was not seen")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The page's visible text now.
    pub async fn text(&self) -> String {
        let answer = self.client.execute("return document.body ? document.body.innerText : ''", vec![]).await;
        answer.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Runs a core command from the page, as hostile page code could, and gives `{ok}` or `{error}`.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Value {
        let script = "const [command, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, args).then(ok => done({ ok: ok ?? null }), error => done({ error: error ?? 'refused' }));";
        self.client.execute_async(script, vec![json!(command), arguments]).await.expect("the page runs a script")
    }

    /// Waits for a second window and moves to it.
    pub async fn to_new_window(&self) {
        let first = self.client.window().await.expect("a window");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let windows = self.client.windows().await.expect("windows");
            if let Some(other) = windows.into_iter().find(|w| *w != first) {
                return self.client.switch_to_window(other).await.expect("the window can be driven");
            }
            if Instant::now() > deadline {
                self.fail("no second window came").await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until one window is left and moves to it.
    pub async fn to_only_window(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let windows = self.client.windows().await.expect("windows");
            if let [only] = windows.as_slice() {
                return self.client.switch_to_window(only.clone()).await.expect("the window can be driven");
            }
            if Instant::now() > deadline {
                self.fail("the second window stayed").await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Saves a picture of the window, when nothing in it moves any more, under `artifacts/window`.
    pub async fn picture(&self, what: &str) {
        let still = "return document.getAnimations().every(it => it.playState !== 'running' || it.effect?.getComputedTiming().endTime === Infinity)";
        let deadline = Instant::now() + Duration::from_secs(3);
        while self.client.execute(still, vec![]).await.ok() != Some(json!(true)) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let folder = root().join("artifacts/window");
        let _ = std::fs::create_dir_all(&folder);
        if let Some(png) = self.look().await {
            let _ = std::fs::write(folder.join(format!("{}-{what}.png", self.name)), png);
        }
    }

    /// The window's place on the screen as PNG: what a person sees there. The driver's own pictures wait for ever for some
    /// pages that are drawn without a graphics card.
    async fn look(&self) -> Option<Vec<u8>> {
        let (x, y, width, height) = self.client.get_window_rect().await.ok()?;
        let part = format!("{width}x{height}+{x}+{y}");
        let mut command = Command::new("import");
        command.args(["-display", &self.display, "-window", "root", "-crop", &part, "+repage", "png:-"]);
        let picture = command.stderr(Stdio::null()).output().ok()?;
        picture.status.success().then_some(picture.stdout)
    }

    /// Ends the test with a picture and the page's text.
    pub async fn fail(&self, why: &str) -> ! {
        self.picture("failed").await;
        panic!("{}: {why}\n--- the window said:\n{}", self.name, self.text().await);
    }
}

fn start_driver(display: &str, port: u16, home: &Path, keyring: bool) -> Running {
    for folder in ["camera", "data", "config", "cache", "run", "bin"] {
        std::fs::create_dir_all(home.join(folder)).expect("a folder of the home");
    }
    // Payments leave at once: the stories here are not about waiting.
    let settings = json!({
        "language": "system", "theme": "system", "sound": true, "camera_id": null,
        "hold": { "scanned_s": 0, "typed_s": 0, "first_or_large_s": 0, "large": "200" },
        "ask_me": "anyone",
    });
    std::fs::write(home.join("data/settings.json"), settings.to_string()).expect("settings");
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(home.join("run"), std::fs::Permissions::from_mode(0o700)).expect("private run folder");
    // A browser that only notes what it was asked to open.
    let browser = home.join("bin/xdg-open");
    std::fs::write(&browser, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", home.join("opened").display()))
        .expect("a browser");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("it can be started");
    let path = format!("{}:{}", home.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("dbus-run-session");
    let unlock = "printf keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null; ";
    let listen = format!(
        "dbus-monitor --session \"interface='org.freedesktop.Notifications'\" >'{}' 2>/dev/null & ",
        home.join("notices").display()
    );
    // The machine's own bus is none of the test's business.
    let bus = format!(
        "export DBUS_SYSTEM_BUS_ADDRESS=\"$DBUS_SESSION_BUS_ADDRESS\"; printf %s \"$DBUS_SESSION_BUS_ADDRESS\" >'{}'; ",
        home.join("bus").display()
    );
    let script = format!("{bus}{listen}{}exec WebKitWebDriver --port={port}", if keyring { unlock } else { "" });
    command.args(["--", "sh", "-c", &script]);
    command.env("DISPLAY", display).env("HOME", home).env("PATH", path).env("TESSERA_DATA_DIR", home.join("data"));
    command.env("XDG_CONFIG_HOME", home.join("config")).env("XDG_CACHE_HOME", home.join("cache"));
    command.env("XDG_DATA_HOME", home.join("data/xdg")).env("XDG_RUNTIME_DIR", home.join("run"));
    command.env("TESSERA_CAMERA_FOLDER", home.join("camera")).env("LANG", "en_US.UTF-8").env("GDK_BACKEND", "x11");
    // What lets WebDriver into a Tauri window.
    command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
    command.env_remove("WAYLAND_DISPLAY").stdout(Stdio::null()).stderr(Stdio::null());
    spawn(&mut command)
}

async fn connect(port: u16, args: &[&str]) -> Client {
    let options = json!({ "binary": built("tessera-app"), "args": args });
    let capabilities = json!({ "browserName": "wry", "webkitgtk:browserOptions": options });
    let Value::Object(capabilities) = capabilities else { unreachable!("an object literal") };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(capabilities.clone());
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return client,
            Err(error) if Instant::now() > deadline => panic!("no WebDriver session: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
