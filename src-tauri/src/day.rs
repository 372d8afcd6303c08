//! Where the person's day begins.

/// Minutes of local time ahead of UTC, now.
#[cfg(target_os = "linux")]
pub(crate) fn offset_minutes() -> i32 {
    let now = gtk::glib::DateTime::now_local();
    now.ok().and_then(|now| i32::try_from(now.utc_offset().as_minutes()).ok()).unwrap_or_default()
}

/// Elsewhere days are those of UTC.
#[cfg(not(target_os = "linux"))]
pub(crate) fn offset_minutes() -> i32 {
    0
}
