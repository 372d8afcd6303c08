//! Where everything is kept: one folder that only its owner can enter.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager};

/// Folder for everything, instead of the usual one.
const VARIABLE: &str = "TESSERA_DATA_DIR";

/// The folder of this machine's Tessera, made when it is not there.
pub(crate) fn of(app: &AppHandle) -> tauri::Result<PathBuf> {
    let folder = match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => app.path().app_local_data_dir()?,
    };
    private(&folder)?;
    Ok(folder)
}

/// Makes a folder, and those above it, for its owner alone.
pub(crate) fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
