//! Accounts: joining, sessions bound to devices, the policy's word on who may send and receive, the public profile,
//! blocking and reporting; and by letter: a forgotten password, a lost device, another address, leaving.

mod closing;
mod devices;
mod email;
mod forgotten;
mod handles;
mod join;
pub mod links;
pub mod password;
mod profile;
mod recovery;
pub mod rows;
pub mod rules;
mod safety;
pub mod sessions;

pub use closing::{post_closing, scrub};
pub use devices::{
    confirm_device, delete_device, find_device, get_device_standing, get_devices, patch_device, post_device,
};
pub use email::{confirm as confirm_email, get_email, put_email, undo as undo_email};
pub use forgotten::{post_forgotten_password, set_password};
pub use handles::get_handle;
pub use join::post_people;
pub use profile::{announce_me, announced, get_me, get_person, put_me};
pub use recovery::{begin as begin_recovery, keep_letting_in, post_device_recovery, stop as stop_device};
pub use safety::{delete_block, get_blocks, has_blocked, post_report, put_block};
pub use sessions::{delete_session, post_session, post_session_refresh};
