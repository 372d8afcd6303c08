//! The raw limit of a Tauri app: one window, one empty page, whose title says that its script has run.

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() {
    let app = tauri::Builder::default().setup(|app| {
        WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
            .inner_size(1280.0, 800.0)
            .on_document_title_changed(|_, title| {
                if title.contains(" · ") {
                    println!("interactive");
                }
            })
            .build()?;
        Ok(())
    });
    if let Err(error) = app.run(tauri::generate_context!()) {
        eprintln!("empty-window: {error}");
        std::process::exit(1);
    }
}
