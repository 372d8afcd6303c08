use super::*;
use std::path::Path;
use wallet::view::FoundKind;

const SOON: Duration = Duration::from_secs(20);

fn text(text: &str) -> Found {
    Found {
        kind: FoundKind::Text,
        payee: None,
        request: None,
        amount: None,
        reading: None,
        proof: None,
        host: None,
        text: text.into(),
        corners: Vec::new(),
        thumb: None,
    }
}

/// Knows every code but one, and counts what it is shown.
#[derive(Default)]
pub(super) struct Page {
    shown: AtomicU64,
    takes: bool,
    found: Mutex<Vec<String>>,
    aims: Mutex<Vec<Option<Aim>>>,
    pub(super) gathered: Mutex<Vec<Option<(u8, u8)>>>,
    trouble: Mutex<Vec<ErrorCode>>,
}

/// What nobody can be asked about.
const UNKNOWN: &str = "out of reach";

impl Watcher for Page {
    fn show(&self, preview: Vec<u8>, taken: Arc<AtomicU64>) {
        assert!(preview.len() > camera::PREVIEW_HEADER_BYTES);
        self.shown.fetch_add(1, Ordering::AcqRel);
        if self.takes {
            taken.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn name(&self, codes: Vec<Symbol>) -> Result<Vec<Found>, CommandError> {
        let texts: Vec<String> = codes.into_iter().filter_map(|code| code.text).collect();
        if texts.iter().any(|it| it == UNKNOWN) {
            return Err(ErrorCode::Offline.into());
        }
        Ok(texts.iter().map(|it| text(it)).collect())
    }

    fn found(&self, found: Vec<Found>) {
        self.found.lock().expect("lock").extend(found.into_iter().map(|it| it.text));
    }

    fn aim(&self, aim: Option<Aim>) {
        self.aims.lock().expect("lock").push(aim);
    }

    fn gathered(&self, gathered: Option<(u8, u8)>) {
        self.gathered.lock().expect("lock").push(gathered);
    }

    fn trouble(&self, error: CommandError) {
        self.trouble.lock().expect("lock").push(error.code);
    }
}

fn picture(folder: &Path, shade: u8) {
    image::GrayImage::from_pixel(8, 8, image::Luma([shade])).save(folder.join("1.png")).expect("picture");
}

/// A picture of a code.
fn code(folder: &Path, text: &str) {
    let drawn = qr::draw(text, qr::Ecc::M).and_then(|drawing| drawing.to_png(5)).expect("drawn");
    std::fs::write(folder.join("1.png"), drawn).expect("picture");
}

fn until(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + SOON;
    while Instant::now() < end {
        if condition() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn a_code_in_sight_is_told_once_while_the_picture_goes_on() {
    let folder = tempfile::tempdir().expect("folder");
    code(folder.path(), "lunch");
    let (desk, page) = (Desk::default(), Arc::new(Page { takes: true, ..Page::default() }));
    desk.open(&DeviceId::folder(folder.path()), page.clone()).expect("open");
    assert!(until(|| page.shown.load(Ordering::Acquire) > 5 && !page.found.lock().expect("lock").is_empty()));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(*page.found.lock().expect("lock"), ["lunch"]);
    desk.close();
    let (shown, found) = (page.shown.load(Ordering::Acquire), page.found.lock().expect("lock").len());
    std::thread::sleep(Duration::from_millis(300));
    assert!(page.shown.load(Ordering::Acquire) <= shown + 1, "one may have been on its way");
    assert_eq!(page.found.lock().expect("lock").len(), found);
}

#[test]
fn a_dark_room_is_told_once() {
    let folder = tempfile::tempdir().expect("folder");
    image::GrayImage::from_pixel(320, 240, image::Luma([6])).save(folder.path().join("1.png")).expect("picture");
    let (desk, page) = (Desk::default(), Arc::new(Page { takes: true, ..Page::default() }));
    desk.open(&DeviceId::folder(folder.path()), page.clone()).expect("open");
    assert!(until(|| !page.aims.lock().expect("lock").is_empty()));
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(*page.aims.lock().expect("lock"), [Some(Aim::TooDark)]);
}

#[test]
fn a_page_that_takes_no_pictures_gets_no_more_of_them() {
    let folder = tempfile::tempdir().expect("folder");
    picture(folder.path(), 200);
    let (desk, page) = (Desk::default(), Arc::new(Page::default()));
    desk.open(&DeviceId::folder(folder.path()), page.clone()).expect("open");
    assert!(until(|| page.shown.load(Ordering::Acquire) == UNDER_WAY));
    std::thread::sleep(PREVIEW_PACE * 10);
    assert_eq!(page.shown.load(Ordering::Acquire), UNDER_WAY);
}

#[test]
fn a_camera_that_loses_its_picture_says_so_once() {
    let folder = tempfile::tempdir().expect("folder");
    picture(folder.path(), 200);
    let (desk, page) = (Desk::default(), Arc::new(Page { takes: true, ..Page::default() }));
    desk.open(&DeviceId::folder(folder.path()), page.clone()).expect("open");
    std::fs::remove_file(folder.path().join("1.png")).expect("removed");
    assert!(until(|| !page.trouble.lock().expect("lock").is_empty()));
    std::thread::sleep(FAULT_PAUSE * 3);
    assert_eq!(*page.trouble.lock().expect("lock"), [ErrorCode::NoCamera]);
}

#[test]
fn a_code_nobody_can_be_asked_about_is_told_once() {
    let folder = tempfile::tempdir().expect("folder");
    code(folder.path(), UNKNOWN);
    let (desk, page) = (Desk::default(), Arc::new(Page { takes: true, ..Page::default() }));
    desk.open(&DeviceId::folder(folder.path()), page.clone()).expect("open");
    assert!(until(|| !page.trouble.lock().expect("lock").is_empty()));
    std::thread::sleep(watch::ASK_AGAIN * 3);
    assert_eq!(*page.trouble.lock().expect("lock"), [ErrorCode::Offline]);
}

#[test]
fn a_camera_that_is_not_there_is_told_with_its_reason() {
    let desk = Desk::default();
    let error = desk.open(&DeviceId::stored("webcam:250:Nowhere"), Arc::new(Page::default())).expect_err("none");
    assert_eq!(error.code, ErrorCode::NoCamera);
}

#[test]
fn the_newest_picture_of_an_open_camera_is_measured() {
    let folder = tempfile::tempdir().expect("folder");
    picture(folder.path(), 20);
    let desk = Desk::default();
    assert_eq!(desk.measure(), None);
    desk.open(&DeviceId::folder(folder.path()), Arc::new(Page::default())).expect("open");
    assert_eq!(desk.measure().map(|meter| meter.advice), Some(qr::Advice::TooDark));
}
