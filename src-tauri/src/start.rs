//! From the command line to a running app: display, log, plugins, windows, and what a second start does.

use std::sync::Arc;

use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use crate::arguments::{self, ArgumentError, Begun, Start};
use crate::camera::Desk;
use crate::desktop::Desktop;
use crate::display::{self, NoDisplay};
use crate::engine::Engine;
use crate::events::{self, LinkRefused, OpenLink};
use crate::{bridge, folder, journal, window};

/// Why the app does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// An argument nobody knows.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// No screen.
    #[error(transparent)]
    Display(#[from] NoDisplay),
    /// The toolkit said no.
    #[error("Tessera cannot start: {0}")]
    Toolkit(#[from] tauri::Error),
}

/// Runs the app until it ends.
pub(crate) fn run(start: Start) -> Result<(), StartError> {
    display::announced(|name| std::env::var_os(name))?;
    display::connect()?;
    let bridge = bridge::builder();
    let builder = tauri::Builder::default()
        // First, so that a second start ends before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| again(app, arguments)))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .with_denylist(&[window::CONFIRM])
                .build(),
        );
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_notification::init());
    let app = builder
        .invoke_handler(bridge.invoke_handler())
        .setup(move |app| {
            bridge.mount_events(app);
            Ok(set_up(app.handle(), &start)?)
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Desk>().close();
            let engine = app.state::<Arc<Engine>>().inner().clone();
            tauri::async_runtime::block_on(async move { engine.end().await });
        }
    });
    Ok(())
}

fn set_up(app: &AppHandle, start: &Start) -> tauri::Result<()> {
    let folder = folder::of(app)?;
    journal::open(&folder);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    let engine = Arc::new(Engine::new(folder));
    app.manage(Desk::default());
    app.manage(Desktop::starting(*start == Start::InTray));
    app.manage(Arc::clone(&engine));
    window::open_main(app, &start.page(engine.begun()))?;
    if let Start::Refused(reason) = start {
        tracing::info!(%reason, "link refused");
    }
    let (running, wants_practice) = (app.clone(), *start == Start::Practice);
    tauri::async_runtime::spawn(async move { engine.run(&running, wants_practice).await });
    #[cfg(target_os = "macos")]
    hear_links(app);
    Ok(())
}

/// A second start: this window comes to the front and takes over what the other one was started with.
fn again(app: &AppHandle, arguments: Vec<String>) {
    window::come_forward(app);
    match arguments::read(arguments.into_iter().skip(1)) {
        Ok(Start::Link(link)) => events::tell(app, &OpenLink(link.text().to_owned())),
        Ok(Start::Refused(reason)) => events::tell(app, &LinkRefused(reason)),
        Ok(start @ Start::Scan) => window::go_to(app, &start.page(Begun::default())),
        Ok(Start::Home | Start::Practice | Start::InTray) | Err(_) => {}
    }
}

/// On macOS the system hands links over as messages, not as arguments.
#[cfg(target_os = "macos")]
fn hear_links(app: &AppHandle) {
    use tauri_plugin_deep_link::DeepLinkExt;
    let listener = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            again(&listener, vec![String::new(), url.into()]);
        }
    });
}
