//! The two windows. The confirmation window is opened by the core alone, drawn from the core's data alone.

use std::sync::Arc;

use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::window::Color;
use tauri::{AppHandle, LogicalPosition, Manager, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::camera::Desk;
use crate::desktop::Desktop;
use crate::engine::Engine;

/// Label of the main window.
pub(crate) const MAIN: &str = "main";
/// Label of the confirmation window.
pub(crate) const CONFIRM: &str = "confirm";

/// Logical pixels.
const MAIN_SIZE: (f64, f64) = (1280.0, 800.0);
/// One column at 400 % zoom.
const MAIN_SMALLEST: (f64, f64) = (400.0, 480.0);
const CONFIRM_SIZE: (f64, f64) = (440.0, 600.0);

/// Paper of the light and of the dark look, so that nothing flashes before the page is drawn.
const LIMESTONE: Color = Color(0xf7, 0xf6, 0xf2, 0xff);
const BASALT: Color = Color(0x12, 0x11, 0x0f, 0xff);

/// Makes the main window, unseen until its page has loaded.
pub(crate) fn open_main(app: &AppHandle, page: &str) -> tauri::Result<WebviewWindow> {
    let window = builder(app, MAIN, page)
        .inner_size(MAIN_SIZE.0, MAIN_SIZE.1)
        .min_inner_size(MAIN_SMALLEST.0, MAIN_SMALLEST.1)
        .center()
        .on_page_load(|window, load| match load.event() {
            // A page that begins anew has forgotten the camera it had open.
            PageLoadEvent::Started => window.state::<Desk>().close(),
            PageLoadEvent::Finished if window.state::<Desktop>().is_in_tray() => {}
            PageLoadEvent::Finished => reveal(&window),
        })
        .build()?;
    let app = app.clone();
    let closing = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } if app.state::<Desktop>().enters_tray() => {
            api.prevent_close();
            app.state::<Desk>().close();
            close_confirm(&app);
            if let Err(error) = closing.hide() {
                tracing::warn!(%error, "window not hidden");
            }
        }
        WindowEvent::Destroyed => {
            app.state::<Desk>().close();
            // A confirmation without the window behind it would confirm out of sight.
            app.exit(0);
        }
        _ => {}
    });
    Ok(window)
}

/// Makes the confirmation window above the main one. `closed` runs once, when it is gone for whatever reason.
pub(crate) fn open_confirm(app: &AppHandle, closed: impl Fn() + Send + 'static) -> tauri::Result<()> {
    let mut builder = builder(app, CONFIRM, "confirm")
        .inner_size(CONFIRM_SIZE.0, CONFIRM_SIZE.1)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                reveal(&window);
            }
        });
    if let Some(main) = app.get_webview_window(MAIN) {
        builder = match middle_of(&main) {
            Some(place) => builder.position(place.x, place.y),
            None => builder.center(),
        };
        builder = builder.parent(&main)?;
    }
    let window = builder.build()?;
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            closed();
        }
    });
    Ok(())
}

/// The main window, while there is one.
pub(crate) fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(MAIN)
}

/// Closes the confirmation window, if it is open.
pub(crate) fn close_confirm(app: &AppHandle) {
    if let Some(window) = confirm(app)
        && let Err(error) = window.destroy()
    {
        tracing::error!(%error, "the confirmation window does not close");
    }
}

/// Shows another page of the app in the main window.
pub(crate) fn go_to(app: &AppHandle, page: &str) {
    let Some(main) = main(app) else { return };
    let Some(address) = main.url().ok().and_then(|url| url.join("/").ok()?.join(page).ok()) else { return };
    if let Err(error) = main.navigate(address) {
        tracing::warn!(%error, "page not shown");
    }
}

/// The confirmation window, when it is open.
pub(crate) fn confirm(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(CONFIRM)
}

/// Brings the main window to the front.
pub(crate) fn come_forward(app: &AppHandle) {
    let Some(main) = app.get_webview_window(MAIN) else { return };
    app.state::<Desktop>().left_tray();
    reveal(&main);
    if let Some(confirm) = confirm(app) {
        reveal(&confirm);
    }
}

/// What both windows share: no tools, no way out of the app, no second page.
fn builder<'a>(app: &'a AppHandle, label: &str, page: &str) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let dark = app.get_webview_window(MAIN).and_then(|main| main.theme().ok()) == Some(Theme::Dark);
    WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .title("Tessera")
        .visible(false)
        .background_color(if dark { BASALT } else { LIMESTONE })
        // The page takes dropped pictures itself.
        .disable_drag_drop_handler()
        .devtools(false)
        .data_directory(app.state::<Arc<Engine>>().webview_folder())
        .on_navigation(stays_inside)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_document_title_changed(|_, title| tell_when_mounted(&title))
}

/// A screen names itself in the title once it is mounted and takes keys; the benchmark of the start waits for this line.
fn tell_when_mounted(title: &str) {
    if title.contains(" · ") && std::env::var_os("TESSERA_PRINT_READY").is_some() {
        println!("interactive");
    }
}

/// Only the app's own pages are ever loaded.
fn stays_inside(url: &tauri::Url) -> bool {
    let own = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    own || url.as_str() == "about:blank"
}

fn reveal(window: &WebviewWindow) {
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, label = window.label(), "window not shown");
    }
}

/// Where the confirmation window's corner belongs, in logical pixels.
fn middle_of(main: &WebviewWindow) -> Option<LogicalPosition<f64>> {
    let scale = main.scale_factor().ok()?;
    let corner = main.outer_position().ok()?.to_logical::<f64>(scale);
    let size = main.outer_size().ok()?.to_logical::<f64>(scale);
    let (x, y) = ((size.width - CONFIRM_SIZE.0) / 2.0, (size.height - CONFIRM_SIZE.1) / 2.0);
    Some(LogicalPosition::new((corner.x + x).max(0.0), (corner.y + y).max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_of_another_host_can_be_loaded() {
        let inside = |text: &str| stays_inside(&text.parse().expect("a url"));
        assert!(inside("tauri://localhost/confirm"));
        for outside in [
            "https://example.org/",
            "http://127.0.0.1:4100/@ana",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,<p>",
            "javascript:alert(1)",
            "tessera://pay.example/@ana",
            "https://tauri.localhost.evil.example/",
        ] {
            assert!(!inside(outside), "{outside}");
        }
    }
}
