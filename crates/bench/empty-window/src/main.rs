//! The raw limit of a Tauri app: one window, one empty page, one command that says the page is interactive.

#[tauri::command]
fn ready() {
    println!("interactive");
}

fn main() {
    let app = tauri::Builder::default().invoke_handler(tauri::generate_handler![ready]);
    if let Err(error) = app.run(tauri::generate_context!()) {
        eprintln!("empty-window: {error}");
        std::process::exit(1);
    }
}
