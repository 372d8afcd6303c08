//! The cases of the camera test, run one by one inside the emulated machine, through the same `camera` and
//! `qr` crates as the app. Never writes to a device. Start at `main`: `camera-reader CASE`; success is exit code 0.

use std::os::unix::process::CommandExt;
use std::process::{Command, exit};
use std::time::{Duration, Instant};

use camera::{CameraError, Device, DeviceId, Format, Frame, Frames, Pixels, Preference, Stream};

/// Emulation on a busy machine is slow; nothing here waits this long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);
/// A camera must be free for the next program about when its light goes out.
const RELEASE: Duration = Duration::from_secs(2);
/// The names the machine's script gives the virtual devices.
const DESK: &str = "DeskCamera";
const OPEN_DESK: &str = "OpenCamera";
const UNPLUGGABLE: &str = "vivid-000-vid-cap";
/// No group, no rights: Debian's `nobody`.
const NOBODY: u32 = 65534;

fn main() {
    let case = std::env::args().nth(1).unwrap_or_default();
    match case.as_str() {
        "absent" => no_camera_at_start(),
        "unfed" => a_virtual_camera_nobody_feeds_is_explained(),
        "yuyv" => a_code_is_read(&case, Pixels::Yuyv, 640, 480),
        "mjpg" => a_code_is_read(&case, Pixels::Mjpg, 1280, 720),
        "again" => a_dropped_stream_releases_the_camera(),
        "unreadable" => a_format_we_cannot_read_is_explained(),
        "denied" => another_account_is_refused(),
        "silence" => a_silent_camera_is_told_and_released(),
        "busy" => a_camera_in_use_is_busy(),
        "unplugged" => an_unplugged_camera_is_told_and_resumes(),
        "try" => exit(tried(&std::env::args().nth(2).unwrap_or_default())),
        _ => panic!("no such case: {case}"),
    }
}

fn no_camera_at_start() {
    assert_eq!(camera::list(), Ok(Vec::new()));
    assert_eq!(opened(&DeviceId::stored("webcam:0:DeskCamera")).err(), Some(CameraError::NoCamera));
}

fn a_virtual_camera_nobody_feeds_is_explained() {
    for name in [DESK, OPEN_DESK] {
        assert_eq!(opened(&device(name).id).err(), Some(CameraError::NoProducer), "{name}");
    }
}

/// Prints what it read; whether that is what was shown is for the host to say, which made the text up.
fn a_code_is_read(case: &str, pixels: Pixels, width: u32, height: u32) {
    let desk = device(DESK);
    assert!(desk.is_virtual, "{desk:?}");
    let stream = opened_once_fed(&desk);
    let mut frames = stream.frames();
    let frame = frames.next(PATIENCE).expect("a frame");
    let Format { width: got_width, height: got_height, pixels: got, .. } = frame.format();
    assert_eq!((got_width, got_height, got), (width, height, pixels));
    println!("READ {case} {}", code_in(&mut frames));
    let preview = frame.preview(320).expect("a preview");
    assert_eq!(
        preview.len(),
        camera::PREVIEW_HEADER_BYTES + 4 * 320 * usize::try_from(320 * height / width).unwrap_or(0)
    );
}

fn a_dropped_stream_releases_the_camera() {
    let desk = device(DESK);
    for round in 1..=3 {
        let stream = opened_once_fed(&desk);
        code_in(&mut stream.frames());
        released(stream);
        assert_eq!(tried_by_another_program(DESK), "opened", "round {round}");
    }
}

fn a_format_we_cannot_read_is_explained() {
    let desk = device(DESK);
    let fault = patiently(|| opened(&desk.id).err().filter(|fault| *fault != CameraError::NoProducer));
    assert!(matches!(&fault, CameraError::NoUsableFormat { tried } if !tried.is_empty()), "{fault:?}");
}

fn another_account_is_refused() {
    drop(opened_once_fed(&device(DESK)));
    let fault = told(Command::new(own_path()).args(["try", DESK]).uid(NOBODY).gid(NOBODY));
    assert_eq!(fault, "PermissionDenied");
}

/// The feeder stops while we read, as when the program behind a virtual camera ends: the driver then
/// keeps its reader waiting without a deadline.
fn a_silent_camera_is_told_and_released() {
    let stream = opened_once_fed(&device(DESK));
    let mut frames = stream.frames();
    code_in(&mut frames);
    end_feeder();
    let fault = patiently(|| frames.next(Duration::from_secs(3)).err());
    assert_eq!(fault, CameraError::Silent);
    released(stream);
}

fn a_camera_in_use_is_busy() {
    let stream = opened(&device(UNPLUGGABLE).id).expect("opens");
    assert!(stream.frames().next(PATIENCE).is_ok());
    assert_eq!(tried_by_another_program(UNPLUGGABLE), "Busy");
    released(stream);
    assert_eq!(tried_by_another_program(UNPLUGGABLE), "opened");
}

fn an_unplugged_camera_is_told_and_resumes() {
    let unpluggable = device(UNPLUGGABLE);
    let stream = opened(&unpluggable.id).expect("opens");
    let mut frames = stream.frames();
    assert!(frames.next(PATIENCE).is_ok());
    let path = std::env::var("UNPLUGGABLE_PATH").expect("the script says which node it is");
    let mut feeder = Command::new("/bin/camera-feeder").args(["unplug", &path, "4"]).spawn().expect("the feeder runs");
    let fault = patiently(|| frames.next(PATIENCE).err());
    assert_eq!(fault, CameraError::Vanished);
    // An unplugged device answers with errors as fast as it is asked: we must not be asking all the time.
    let (busy_before, away_since) = (processor_ticks(), Instant::now());
    assert!(feeder.wait().expect("the feeder ends").success());
    let away = away_since.elapsed();
    let busy = Duration::from_millis(10 * (processor_ticks() - busy_before));
    assert!(busy < away / 4, "busy for {busy:?} of {away:?} without a camera");
    // Nobody holds the device any more, so the driver plugs it in again.
    patiently(|| frames.next(PATIENCE).ok().and_then(|frame| frame.luma()));
    released(stream);
}

fn opened(id: &DeviceId) -> Result<Stream, CameraError> {
    camera::open(id, Preference::default())
}

/// The feeder may still be starting.
fn opened_once_fed(device: &Device) -> Stream {
    patiently(|| match opened(&device.id) {
        Ok(stream) => Some(stream),
        Err(fault) => {
            assert_eq!(fault, CameraError::NoProducer);
            None
        }
    })
}

/// Drops the stream and sees that nothing of the device is left in this process.
fn released(stream: Stream) {
    let started = Instant::now();
    drop(stream);
    let took = started.elapsed();
    assert!(took < RELEASE, "released only after {took:?}");
    let open: Vec<_> = std::fs::read_dir("/proc/self/fd")
        .expect("proc is mounted")
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter(|path| path.starts_with("/dev"))
        .filter(|path| path.to_string_lossy().contains("video"))
        .collect();
    assert!(open.is_empty(), "still open: {open:?}");
}

fn device(name: &str) -> Device {
    let devices = camera::list().expect("cameras can be listed");
    devices.iter().find(|device| device.name == name).cloned().unwrap_or_else(|| panic!("{name} not in {devices:?}"))
}

/// The text of the code in the newest frames.
fn code_in(frames: &mut Frames) -> String {
    patiently(|| frames.next(PATIENCE).ok().as_ref().and_then(decoded))
}

fn decoded(frame: &Frame) -> Option<String> {
    let luma = frame.luma()?;
    let picture = qr::Luma::new(luma.width, luma.height, luma.pixels).expect("the size is true");
    qr::scan(&picture, qr::Effort::Stream).into_iter().find_map(|symbol| symbol.text)
}

/// The `try` case of another process: prints what opening a camera there came to.
fn tried(name: &str) -> i32 {
    match opened(&device(name).id) {
        Ok(_) => println!("opened"),
        Err(fault) => println!("{fault:?}"),
    }
    0
}

fn tried_by_another_program(name: &str) -> String {
    told(Command::new(own_path()).args(["try", name]))
}

fn told(command: &mut Command) -> String {
    let output = command.output().expect("the reader runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Processor time of this process in hundredths of a second: `utime` and `stime` of proc(5).
fn processor_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("proc is mounted");
    let after_name = stat.rsplit_once(')').expect("the name is in brackets").1;
    after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks are a number")).sum()
}

fn own_path() -> std::path::PathBuf {
    std::env::current_exe().expect("the reader knows its path")
}

fn end_feeder() {
    let feeder = std::env::var("FEEDER").expect("the script says which process it is");
    assert!(Command::new("/bin/busybox").args(["kill", "-9", &feeder]).status().expect("kill runs").success());
}

/// Asks until there is an answer.
fn patiently<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "no answer within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
