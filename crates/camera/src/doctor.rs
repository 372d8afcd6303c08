//! A camera looked at closely: what it is, which formats were tried with what result, how fast it is, who has it.

use std::time::{Duration, Instant};

use crate::device::{self, DeviceId};
use crate::error::CameraError;
use crate::format::{Format, Preference};
use crate::stream;

/// How long pictures are counted.
const COUNTING: Duration = Duration::from_millis(1_500);
/// Longest wait for the next picture while counting.
const PATIENCE: Duration = Duration::from_secs(4);

/// One format that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try {
    /// What was asked for.
    pub format: Format,
    /// Milliseconds to its first picture; nothing when none came.
    pub first_ms: Option<u32>,
}

/// A program that has the camera open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

/// What was found out about a camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// The driver's name, where the system tells.
    pub driver: Option<String>,
    /// Formats asked for, in order.
    pub tried: Vec<Try>,
    /// The format pictures came in.
    pub format: Option<Format>,
    /// Milliseconds from asking to the first picture.
    pub first_ms: Option<u32>,
    /// Pictures a second, in tenths, as counted.
    pub rate_tenths: Option<u32>,
    /// Why there is no picture.
    pub fault: Option<CameraError>,
    /// Programs that have it open, ours left out. Only those this account may look into.
    pub holders: Vec<Holder>,
}

/// Opens the camera, counts its pictures and lets it go again. Blocking, up to some seconds; nobody else of this program
/// may have it open.
#[must_use]
pub fn examine(id: &DeviceId) -> Examination {
    let index = device::list().ok().and_then(|all| device::matching(&all, id).map(|device| device.index));
    let begun = Instant::now();
    let (opened, tries) = stream::open_and_tell(id, Preference::default());
    let mut found = Examination {
        driver: index.and_then(driver),
        tried: Vec::new(),
        format: None,
        first_ms: None,
        rate_tenths: None,
        fault: None,
        holders: index.map(holders).unwrap_or_default(),
    };
    match opened {
        Ok(stream) => {
            let mut frames = stream.frames();
            match frames.next(PATIENCE) {
                Ok(frame) => {
                    found.first_ms = Some(ms(begun.elapsed()));
                    found.format = Some(frame.format());
                    found.rate_tenths = Some(counted(&mut frames));
                }
                Err(fault) => found.fault = Some(fault),
            }
        }
        Err(fault) => found.fault = Some(fault),
    }
    found.tried = tries.tries();
    found
}

/// Pictures a second, in tenths.
fn counted(frames: &mut stream::Frames) -> u32 {
    let begun = Instant::now();
    let mut pictures = 0_u32;
    while begun.elapsed() < COUNTING && frames.next(PATIENCE).is_ok() {
        pictures += 1;
    }
    pictures * 10_000 / ms(begun.elapsed()).max(1)
}

pub(crate) fn ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(target_os = "linux")]
fn driver(index: u32) -> Option<String> {
    let device = v4l::Device::new(usize::try_from(index).ok()?).ok()?;
    device.query_caps().ok().map(|caps| caps.driver)
}

#[cfg(not(target_os = "linux"))]
fn driver(_index: u32) -> Option<String> {
    None
}

/// Programs with the device open, as `/proc` tells.
#[cfg(target_os = "linux")]
fn holders(index: u32) -> Vec<Holder> {
    holding(std::path::Path::new(&format!("/dev/video{index}")))
}

#[cfg(not(target_os = "linux"))]
fn holders(_index: u32) -> Vec<Holder> {
    Vec::new()
}

#[cfg(target_os = "linux")]
fn holding(file: &std::path::Path) -> Vec<Holder> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let mut holders: Vec<Holder> = processes
        .flatten()
        .filter_map(|process| {
            let pid: u32 = process.file_name().to_str()?.parse().ok()?;
            let open = std::fs::read_dir(process.path().join("fd")).ok()?;
            let has_it = open.flatten().any(|link| std::fs::read_link(link.path()).is_ok_and(|target| target == file));
            let name = std::fs::read_to_string(process.path().join("comm")).ok()?.trim().to_owned();
            (has_it && pid != std::process::id()).then_some(Holder { pid, name })
        })
        .collect();
    holders.sort_by_key(|holder| holder.pid);
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_camera_is_told_with_its_format_and_speed() {
        let folder = tempfile::tempdir().unwrap();
        image::GrayImage::from_pixel(64, 48, image::Luma([90])).save(folder.path().join("1.png")).unwrap();
        let found = examine(&DeviceId::folder(folder.path()));
        assert_eq!(found.fault, None);
        assert_eq!(found.format.map(|it| (it.width, it.height)), Some((64, 48)));
        assert!(found.first_ms.is_some());
        assert!((50..=170).contains(&found.rate_tenths.unwrap()), "about 15 a second: {:?}", found.rate_tenths);
    }

    #[test]
    fn a_camera_without_a_picture_is_told_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let found = examine(&DeviceId::folder(folder.path()));
        assert_eq!((found.fault, found.format, found.rate_tenths), (Some(CameraError::EmptyFolder), None, None));
        assert_eq!(examine(&DeviceId::stored("webcam:250:Nowhere")).fault, Some(CameraError::NoCamera));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_program_that_has_a_device_open_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("video0");
        std::fs::write(&file, "").unwrap();
        let held = std::fs::File::open(&file).unwrap();
        assert_eq!(holding(&file), [], "we ourselves do not count");
        let mut other = std::process::Command::new("sleep").arg("60").stdin(held).spawn().unwrap();
        let found = holding(&file);
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(found, [Holder { pid: other.id(), name: "sleep".into() }]);
    }
}
