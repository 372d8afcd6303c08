//! An open camera and its readers.

use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::device::DeviceId;
use crate::error::CameraError;
use crate::format::Preference;
use crate::frame::Frame;
use crate::slot::Slot;
use crate::{folder, webcam};

/// A camera silent for this long is handed over as it is; its readers are told [`CameraError::Silent`].
const OPENING_PATIENCE: Duration = Duration::from_secs(4);
/// Longer than any driver takes to let go; after that the thread is left to end by itself.
const RELEASE_PATIENCE: Duration = Duration::from_secs(3);

/// An open camera. Dropping it releases the device before returning.
#[derive(Debug)]
pub struct Stream {
    slot: Arc<Slot>,
    capture: Option<JoinHandle<()>>,
}

/// Opens a camera and waits for its first picture, at most four seconds. Blocking: not for an async task.
///
/// # Errors
/// Why there is no picture, when that is certain. A camera that opened but is still silent is not an
/// error here: [`Frames::next`] says [`CameraError::Silent`] until it sends.
pub fn open(id: &DeviceId, wish: Preference) -> Result<Stream, CameraError> {
    open_into(id, wish, Arc::new(Slot::default()))
}

/// The same, with what was tried on the way.
pub(crate) fn open_and_tell(id: &DeviceId, wish: Preference) -> (Result<Stream, CameraError>, Arc<Slot>) {
    let slot = Arc::new(Slot::default());
    (open_into(id, wish, Arc::clone(&slot)), slot)
}

fn open_into(id: &DeviceId, wish: Preference, slot: Arc<Slot>) -> Result<Stream, CameraError> {
    interrupt::prepare();
    let (opened, answer) = mpsc::channel();
    let (id, shared) = (id.clone(), Arc::clone(&slot));
    let capture = std::thread::Builder::new()
        .name("camera".into())
        .spawn(move || match id.as_folder() {
            Some(folder) => folder::run(&folder, &shared, &opened),
            None => webcam::run(&id, wish, &shared, &opened),
        })
        .map_err(|_| CameraError::Faulty)?;
    let stream = Stream { slot, capture: Some(capture) };
    match answer.recv_timeout(OPENING_PATIENCE) {
        Ok(Ok(())) | Err(mpsc::RecvTimeoutError::Timeout) => Ok(stream),
        Ok(Err(fault)) => Err(fault),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(CameraError::Faulty),
    }
}

impl Stream {
    /// A reader of this stream. Each reader sees every newest picture once, at its own pace.
    #[must_use]
    pub fn frames(&self) -> Frames {
        Frames { slot: Arc::clone(&self.slot), seen: 0 }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.slot.close();
        let Some(capture) = self.capture.take() else { return };
        let until = Instant::now() + RELEASE_PATIENCE;
        while !capture.is_finished() && Instant::now() < until {
            // Again and again: an interruption just before the thread starts to wait is lost.
            interrupt::wake(&capture);
            std::thread::sleep(Duration::from_millis(2));
        }
        if capture.is_finished() {
            let _ = capture.join();
        }
    }
}

/// One reader of a [`Stream`]. It may outlive the stream and live in another thread.
#[derive(Clone, Debug)]
pub struct Frames {
    slot: Arc<Slot>,
    seen: u64,
}

impl Frames {
    /// The newest picture this reader has not had, waiting for it up to `patience`. Pictures that came
    /// and were replaced in between are never seen.
    ///
    /// # Errors
    /// [`CameraError::Silent`] after `patience`, [`CameraError::Closed`] once the stream is dropped, or the
    /// present fault, at once: pause before asking again. Faults end by themselves when pictures come again.
    pub fn next(&mut self, patience: Duration) -> Result<Frame, CameraError> {
        self.slot.take(&mut self.seen, patience)
    }
}

/// Waking the capture thread from a driver that never sends a picture: nokhwa waits there without a
/// deadline. A signal whose default is to be ignored ends the wait with "interrupted", and only the wait.
#[cfg(unix)]
mod interrupt {
    use std::os::unix::thread::JoinHandleExt;
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Once};
    use std::thread::JoinHandle;

    use nix::sys::pthread::pthread_kill;
    use nix::sys::signal::Signal;

    static PREPARED: Once = Once::new();

    /// An ignored signal interrupts nothing, so it needs a handler, however empty.
    pub(super) fn prepare() {
        PREPARED.call_once(|| {
            // Without a handler a silent camera is released later, when it speaks or is unplugged.
            drop(signal_hook::flag::register(signal_hook::consts::SIGURG, Arc::new(AtomicBool::new(false))));
        });
    }

    pub(super) fn wake(thread: &JoinHandle<()>) {
        // The only failure is a thread that has ended, which is what is wanted.
        let _ = pthread_kill(thread.as_pthread_t(), Signal::SIGURG);
    }
}

#[cfg(not(unix))]
mod interrupt {
    /// Other systems' waits have deadlines of their own.
    pub(super) fn prepare() {}

    pub(super) fn wake(_thread: &std::thread::JoinHandle<()>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const SOON: Duration = Duration::from_secs(30);

    fn picture(folder: &Path, name: &str, shade: u8) {
        image::GrayImage::from_pixel(8, 8, image::Luma([shade])).save(folder.join(name)).unwrap();
    }

    fn shade(frame: &Frame) -> u8 {
        frame.luma().unwrap().pixels[0]
    }

    /// Reads until a picture of this shade comes, or fails after a deadline.
    fn sees(frames: &mut Frames, wanted: u8) -> bool {
        let until = Instant::now() + SOON;
        while Instant::now() < until {
            match frames.next(SOON) {
                Ok(frame) if shade(&frame) == wanted => return true,
                Ok(_) => {}
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        false
    }

    #[test]
    fn a_folder_of_pictures_streams_like_a_camera() {
        let folder = tempfile::tempdir().unwrap();
        picture(folder.path(), "1.png", 50);
        picture(folder.path(), "2.png", 200);
        std::fs::write(folder.path().join("3.png"), "not a picture").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "ignored").unwrap();
        let stream = open(&DeviceId::folder(folder.path()), Preference::default()).unwrap();
        let mut frames = stream.frames();
        assert!(sees(&mut frames, 50) && sees(&mut frames, 200) && sees(&mut frames, 50));
        picture(folder.path(), "4.png", 120);
        assert!(sees(&mut frames, 120), "a picture put there later appears");
        assert!(frames.next(SOON).unwrap().preview(8).is_some());
    }

    #[test]
    fn a_folder_that_is_emptied_says_so_and_resumes_when_filled() {
        let folder = tempfile::tempdir().unwrap();
        picture(folder.path(), "1.png", 50);
        let stream = open(&DeviceId::folder(folder.path()), Preference::default()).unwrap();
        let mut frames = stream.frames();
        std::fs::remove_file(folder.path().join("1.png")).unwrap();
        let until = Instant::now() + SOON;
        while frames.next(SOON).err() != Some(CameraError::EmptyFolder) {
            assert!(Instant::now() < until, "the emptied folder was never noticed");
        }
        picture(folder.path(), "1.png", 90);
        assert!(sees(&mut frames, 90));
    }

    #[test]
    fn what_cannot_be_opened_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let wish = Preference::default();
        assert_eq!(open(&DeviceId::folder(folder.path()), wish).unwrap_err(), CameraError::EmptyFolder);
        // Wider than any camera: skipped before its pixels are unpacked.
        image::GrayImage::new(5000, 1).save(folder.path().join("wide.png")).unwrap();
        assert_eq!(open(&DeviceId::folder(folder.path()), wish).unwrap_err(), CameraError::EmptyFolder);
        assert_eq!(open(&DeviceId::folder(&folder.path().join("no")), wish).unwrap_err(), CameraError::NoCamera);
        assert_eq!(open(&DeviceId::stored("anything"), wish).unwrap_err(), CameraError::NoCamera);
    }

    #[test]
    fn a_reader_that_outlives_its_stream_is_told() {
        let folder = tempfile::tempdir().unwrap();
        picture(folder.path(), "1.png", 50);
        let stream = open(&DeviceId::folder(folder.path()), Preference::default()).unwrap();
        let mut frames = stream.frames();
        drop(stream);
        assert_eq!(frames.next(SOON).unwrap_err(), CameraError::Closed);
    }

    #[cfg(unix)]
    #[test]
    fn dropping_a_stream_wakes_a_thread_that_waits_without_a_deadline() {
        let (silent, _writer) = std::os::unix::net::UnixStream::pair().unwrap();
        let slot = Arc::new(Slot::default());
        interrupt::prepare();
        let capture = std::thread::spawn(move || {
            // As the driver does: a poll for as long as it takes.
            let mut waits = [nix::poll::PollFd::new(std::os::fd::AsFd::as_fd(&silent), nix::poll::PollFlags::POLLIN)];
            let _ = nix::poll::poll(&mut waits, nix::poll::PollTimeout::NONE);
        });
        let started = Instant::now();
        drop(Stream { slot, capture: Some(capture) });
        assert!(started.elapsed() < RELEASE_PATIENCE, "released only by giving up");
    }
}
