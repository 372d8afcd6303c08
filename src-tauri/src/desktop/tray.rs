//! The corner of the desktop with one square for each app that is running: StatusNotifierItem over the session's bus.
//! Without a host for it there is simply no tray; when one comes later, the app is in it.

use serde::Deserialize;

/// What the tray says, in the window's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, specta::Type)]
pub(crate) struct TrayWords {
    /// What hovering over it says.
    tip: String,
    /// Something waits to be seen.
    unread: bool,
    /// Brings the window.
    show: String,
    /// Brings the scan screen.
    scan: String,
    /// Brings a new request.
    request: String,
    /// Locks.
    lock: String,
    /// Something would open the books again.
    can_lock: bool,
    /// Ends the app.
    quit: String,
}

#[cfg(target_os = "linux")]
pub(super) use linux::Corner;
#[cfg(not(target_os = "linux"))]
pub(super) use none::Corner;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use ksni::menu::StandardItem;
    use ksni::{Handle, Icon, MenuItem, OfflineReason, ToolTip, TrayMethods};
    use tauri::{AppHandle, Manager};
    use tokio::sync::Mutex;

    use super::super::{Desktop, Place, lead, lock};
    use super::TrayWords;
    use crate::window;

    /// The app's place in the tray.
    #[derive(Default)]
    pub(in super::super) struct Corner {
        item: Mutex<Option<Handle<Item>>>,
        there: Arc<AtomicBool>,
    }

    impl Corner {
        /// Whether somebody shows it.
        pub(in super::super) fn is_there(&self) -> bool {
            self.there.load(Ordering::Relaxed)
        }

        /// Appears, or says something else.
        pub(in super::super) async fn show(&self, app: &AppHandle, words: TrayWords) {
            let mut kept = self.item.lock().await;
            if let Some(item) = &*kept {
                item.update(|item| item.words = words).await;
                return;
            }
            // Taken back below, by whoever finds no host.
            self.there.store(true, Ordering::Relaxed);
            let item = Item { app: app.clone(), words, there: Arc::clone(&self.there) };
            match item.assume_sni_available(true).spawn().await {
                Ok(item) => *kept = Some(item),
                Err(error) => {
                    self.there.store(false, Ordering::Relaxed);
                    tracing::info!(%error, "no tray");
                }
            }
        }
    }

    /// What the host of the tray sees.
    struct Item {
        app: AppHandle,
        words: TrayWords,
        there: Arc<AtomicBool>,
    }

    impl Item {
        fn entry(label: &str, enabled: bool, act: impl Fn(&AppHandle) + Send + 'static) -> MenuItem<Item> {
            let activate = Box::new(move |item: &mut Item| act(&item.app));
            // In a menu an underscore marks the letter that stands for the entry.
            StandardItem { label: label.replace('_', "__"), enabled, activate, ..StandardItem::default() }.into()
        }
    }

    impl ksni::Tray for Item {
        fn id(&self) -> String {
            "app.tessera.desktop".into()
        }

        fn title(&self) -> String {
            "Tessera".into()
        }

        fn icon_pixmap(&self) -> Vec<Icon> {
            [1, 2, 3].map(|scale| mark(scale, self.words.unread)).into()
        }

        fn tool_tip(&self) -> ToolTip {
            ToolTip { title: "Tessera".into(), description: self.words.tip.clone(), ..ToolTip::default() }
        }

        fn activate(&mut self, _x: i32, _y: i32) {
            window::come_forward(&self.app);
        }

        fn menu(&self) -> Vec<MenuItem<Self>> {
            let words = &self.words;
            vec![
                Item::entry(&words.show, true, window::come_forward),
                Item::entry(&words.scan, true, |app| lead(app, &Place::Scan)),
                Item::entry(&words.request, true, |app| lead(app, &Place::NewRequest)),
                MenuItem::Separator,
                Item::entry(&words.lock, words.can_lock, |app| {
                    let app = app.clone();
                    tauri::async_runtime::spawn(async move { lock(&app).await });
                }),
                Item::entry(&words.quit, true, |app| app.exit(0)),
            ]
        }

        fn watcher_online(&self) {
            self.there.store(true, Ordering::Relaxed);
        }

        fn watcher_offline(&self, _reason: OfflineReason) -> bool {
            self.there.store(false, Ordering::Relaxed);
            // The way back to an unseen window is gone.
            if self.app.state::<Desktop>().is_in_tray() {
                window::come_forward(&self.app);
            }
            true
        }
    }

    /// Side of the grid the mark is drawn on.
    const GRID: usize = 16;
    /// Corners of the mark's five tiles; the last one is the foot.
    const TILES: [(usize, usize); 5] = [(1, 1), (6, 1), (11, 1), (6, 6), (6, 11)];
    const TILE: usize = 4;
    /// Where something unread shows: the empty corner of the T.
    const UNREAD: (usize, usize) = (11, 11);
    /// Alpha, red, green, blue: basalt, limestone, malachite and ochre of the design.
    const GROUND: [u8; 4] = [0xff, 0x22, 0x1d, 0x18];
    const INK: [u8; 4] = [0xff, 0xf7, 0xf6, 0xf2];
    const FOOT: [u8; 4] = [0xff, 0x4e, 0xd7, 0x9e];
    const WAITS: [u8; 4] = [0xff, 0xf0, 0xb4, 0x4c];

    /// The mark, `scale` pixels to a unit, with a tile in its empty corner when something is unread.
    fn mark(scale: usize, unread: bool) -> Icon {
        let side = GRID * scale;
        let inside = |(x, y): (usize, usize), at: (usize, usize)| {
            (x..x + TILE).contains(&(at.0 / scale)) && (y..y + TILE).contains(&(at.1 / scale))
        };
        let colour = |at| match TILES.iter().position(|tile| inside(*tile, at)) {
            Some(4) => FOOT,
            Some(_) => INK,
            None if unread && inside(UNREAD, at) => WAITS,
            None => GROUND,
        };
        let data = (0..side * side).flat_map(|place| colour((place % side, place / side))).collect();
        Icon { width: side as i32, height: side as i32, data }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn something_unread_shows_as_a_tile_in_the_empty_corner_and_nowhere_else() {
            for scale in [1, 3] {
                let (calm, unread) = (mark(scale, false), mark(scale, true));
                assert_eq!(calm.data.len(), (16 * scale).pow(2) * 4);
                let differing = calm.data.chunks(4).zip(unread.data.chunks(4)).filter(|(a, b)| a != b).count();
                assert_eq!(differing, 16 * scale * scale);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use tauri::AppHandle;

    use super::TrayWords;

    /// No tray is built for this system yet.
    #[derive(Default)]
    pub(in super::super) struct Corner;

    impl Corner {
        /// Never.
        pub(in super::super) fn is_there(&self) -> bool {
            false
        }

        /// Nothing to show it on.
        pub(in super::super) async fn show(&self, _app: &AppHandle, _words: TrayWords) {}
    }
}
