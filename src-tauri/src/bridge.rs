//! The contract with the window, in Rust: every command, every event, and the TypeScript made from them.

use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands::{account, activity, codes, confirm, devices, evidence, pay, requests, scan, settings, sources};
use crate::events;

/// All commands and events.
pub(crate) fn builder() -> Builder<Wry> {
    Builder::<Wry>::new()
        // One shape for both ways: a missing value is always said as null.
        .disable_serde_phases()
        .commands(collect_commands![
            account::status,
            account::start_practice,
            account::stop_practice,
            account::open_book,
            account::look_at_server,
            account::check_handle,
            account::join,
            account::confirm_recovery_kept,
            account::me,
            account::set_profile,
            account::sign_in,
            devices::devices,
            devices::confirm_device,
            devices::rename_device,
            devices::revoke_device,
            devices::pair,
            devices::pairing_state,
            devices::sign_out,
            evidence::evidence,
            evidence::save_evidence,
            account::unlock_with_passphrase,
            account::restore_with_recovery_key,
            sources::sources,
            sources::source_offers,
            sources::add_source,
            sources::rename_source,
            sources::set_default_source,
            sources::remove_source,
            codes::my_code,
            codes::save_code,
            codes::copy_text,
            scan::cameras,
            scan::open_camera,
            scan::close_camera,
            scan::scan_image,
            scan::scan_path,
            scan::read_text,
            pay::find_payee,
            pay::payee_facts,
            pay::quote,
            pay::prepare_payment,
            requests::requests,
            requests::new_request,
            requests::request_code,
            requests::cancel_request,
            requests::decline_request,
            requests::remind_request,
            activity::home,
            activity::activity,
            activity::payment,
            activity::set_private_note,
            activity::cancel_payment,
            activity::open_action,
            settings::settings,
            settings::set_settings,
            settings::set_pin,
            settings::notify,
            confirm::confirm_view,
            confirm::confirm_pay,
            confirm::confirm_cancel,
        ])
        .events(collect_events![
            events::Changed,
            events::CameraFound,
            events::CameraTrouble,
            events::Incoming,
            events::PaymentConfirmed,
            events::ConfirmationClosed,
            events::OpenLink,
            events::LinkRefused,
        ])
}

#[cfg(test)]
mod tests;
