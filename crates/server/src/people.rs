//! Accounts: joining, sessions bound to devices, the policy's word on who may send and receive, the public profile,
//! blocking and reporting.

mod devices;
mod handles;
mod join;
mod password;
mod profile;
pub mod rows;
pub mod rules;
mod safety;
pub mod sessions;

pub use devices::{confirm_device, delete_device, get_device_standing, get_devices, patch_device, post_device};
pub use handles::get_handle;
pub use join::post_people;
pub use profile::{announce_me, announced, get_me, get_person, put_me};
pub use safety::{delete_block, get_blocks, has_blocked, post_report, put_block};
pub use sessions::{delete_session, post_session, post_session_refresh};
