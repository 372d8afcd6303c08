//! Which cameras there are, and the names they are remembered by.

use std::fmt;
use std::path::{Path, PathBuf};

use nokhwa::utils::{ApiBackend, CameraInfo};

use crate::error::CameraError;

/// Names a camera, or a folder standing in for one, as text that can be stored and used again next time.
/// `webcam:INDEX:NAME` or `folder:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// An id that was stored before. Any text is accepted; one that names nothing opens as
    /// [`CameraError::NoCamera`].
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A folder of PNG, JPEG, WebP or GIF pictures shown one after the other, again and again.
    /// For developers and tests; never listed.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        Self(format!("folder:{}", path.display()))
    }

    fn webcam(index: u32, name: &str) -> Self {
        Self(format!("webcam:{index}:{name}"))
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder, if this id names one.
    pub(crate) fn as_folder(&self) -> Option<PathBuf> {
        self.0.strip_prefix("folder:").map(PathBuf::from)
    }

    fn as_webcam(&self) -> Option<(u32, &str)> {
        let (index, name) = self.0.strip_prefix("webcam:")?.split_once(':')?;
        Some((index.parse().ok()?, name))
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A camera that is plugged in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What to store and to [`open`](crate::open).
    pub id: DeviceId,
    /// The name its maker gave it.
    pub name: String,
    /// Made by a program, not by glass: a code in it may come from the screen itself.
    pub is_virtual: bool,
    pub(crate) index: u32,
}

/// The cameras plugged in now, real ones before virtual ones. An empty list is not an error.
///
/// # Errors
/// [`CameraError::Faulty`] when the system cannot be asked.
pub fn list() -> Result<Vec<Device>, CameraError> {
    // The Linux binding unwraps its way through /dev; a strange node there must not end the program.
    let answer = std::panic::catch_unwind(|| nokhwa::query(ApiBackend::Auto));
    let Ok(Ok(found)) = answer else { return Err(CameraError::Faulty) };
    let mut devices: Vec<Device> = found.iter().filter_map(described).collect();
    devices.retain(|device| !is_side_node(device.index));
    devices.sort_by_key(|device| (device.is_virtual, device.index));
    Ok(devices)
}

/// The remembered camera if it is there, else the first real one, else any.
#[must_use]
pub fn preferred<'a>(devices: &'a [Device], remembered: Option<&DeviceId>) -> Option<&'a Device> {
    remembered.and_then(|id| matching(devices, id)).or_else(|| devices.first())
}

/// The device an id means: the same name at the same place, else the same name elsewhere, because
/// places are numbered anew when cameras are plugged in again.
pub(crate) fn matching<'a>(devices: &'a [Device], id: &DeviceId) -> Option<&'a Device> {
    let (_, name) = id.as_webcam()?;
    let exact = devices.iter().find(|device| device.id == *id);
    exact.or_else(|| devices.iter().find(|device| device.name == name))
}

fn described(info: &CameraInfo) -> Option<Device> {
    let index = info.index().as_index().ok()?;
    let name = info.human_name();
    let is_virtual = has_virtual_name(&name) || is_without_hardware(index);
    Some(Device { id: DeviceId::webcam(index, &name), name, is_virtual, index })
}

/// Parts of the names of well-known camera programs, in lower case.
const VIRTUAL_NAMES: [&str; 15] = [
    "virtual",
    "obs",
    "loopback",
    "dummy video",
    "droidcam",
    "iriun",
    "manycam",
    "snap camera",
    "xsplit",
    "mmhmm",
    "vcam",
    "epoccam",
    "camo",
    "akvcam",
    "vivid",
];

fn has_virtual_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    VIRTUAL_NAMES.iter().any(|known| match *known {
        // Short enough to sit inside other words ("observer").
        "obs" | "camo" => lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == *known),
        part => lower.contains(part),
    })
}

/// On Linux a device no bus carries lives under `/sys/devices/virtual`, whatever it calls itself.
#[cfg(target_os = "linux")]
fn is_without_hardware(index: u32) -> bool {
    let node = format!("/sys/class/video4linux/video{index}");
    std::fs::canonicalize(node).is_ok_and(|path| path.starts_with("/sys/devices/virtual"))
}

#[cfg(not(target_os = "linux"))]
fn is_without_hardware(_index: u32) -> bool {
    false
}

/// On Linux a USB camera has a second node of the same name that carries no pictures, only metadata.
#[cfg(target_os = "linux")]
fn is_side_node(index: u32) -> bool {
    let read = |node: u32, what: &str| std::fs::read_to_string(format!("/sys/class/video4linux/video{node}/{what}"));
    let place = read(index, "index").ok().and_then(|text| text.trim().parse::<u32>().ok());
    let Some(main) = place.filter(|place| *place > 0).and_then(|place| index.checked_sub(place)) else { return false };
    matches!((read(index, "name"), read(main, "name")), (Ok(mine), Ok(first)) if mine == first)
}

#[cfg(not(target_os = "linux"))]
fn is_side_node(_index: u32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(index: u32, name: &str) -> Device {
        Device { id: DeviceId::webcam(index, name), name: name.into(), is_virtual: has_virtual_name(name), index }
    }

    #[test]
    fn a_remembered_camera_is_found_again_at_its_place_or_by_its_name() {
        let devices = [device(0, "C920"), device(2, "C920"), device(4, "USB: Cam")];
        let found = |id: &str| matching(&devices, &DeviceId::stored(id)).map(|device| device.index);
        assert_eq!(found("webcam:2:C920"), Some(2));
        assert_eq!(found("webcam:9:USB: Cam"), Some(4), "a name may hold a colon");
        assert_eq!(found("webcam:0:Gone"), None, "another camera in its place is not it");
        assert_eq!(found("nonsense"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn without_a_remembered_camera_the_first_is_taken() {
        let devices = [device(1, "C920"), device(0, "OBS Virtual Camera")];
        assert_eq!(preferred(&devices, None).unwrap().index, 1);
        assert_eq!(preferred(&devices, Some(&DeviceId::stored("webcam:7:Gone"))).unwrap().index, 1);
        assert_eq!(preferred(&devices, Some(&devices[1].id)).unwrap().index, 0);
        assert_eq!(preferred(&[], None), None);
    }

    #[test]
    fn known_camera_programs_are_told_from_cameras() {
        for name in
            ["OBS Virtual Camera", "OBS-Camera", "Dummy video device (0x0000)", "DroidCam", "Camo", "v4l2loopback"]
        {
            assert!(has_virtual_name(name), "{name}");
        }
        for name in ["HD Pro Webcam C920", "Observer 4K", "Integrated Camera: Integrated C", "FaceTime HD Camera"] {
            assert!(!has_virtual_name(name), "{name}");
        }
    }

    #[test]
    fn a_folder_id_survives_being_stored() {
        let id = DeviceId::folder(Path::new("/tmp/a b:c"));
        assert_eq!(DeviceId::stored(id.as_str()).as_folder(), Some(PathBuf::from("/tmp/a b:c")));
        assert_eq!(DeviceId::stored("webcam:0:x").as_folder(), None);
    }

    #[test]
    fn a_machine_can_be_asked_for_its_cameras() {
        for device in list().unwrap() {
            assert!(device.id.as_str().starts_with("webcam:"));
        }
    }
}
