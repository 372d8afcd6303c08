//! The contract with the window, in Rust: every command, every event, and the TypeScript made from them.

use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands::{
    account, activity, bills, codes, confirm, inbox, lock, pay, people, requests, scan, settings, share, sources,
};
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
            account::unlock_with_passphrase,
            account::restore_with_recovery_key,
            sources::sources,
            sources::source_offers,
            sources::add_source,
            sources::rename_source,
            sources::set_default_source,
            sources::remove_source,
            codes::my_code,
            share::copy_shared,
            share::copy_shared_picture,
            share::save_shared,
            codes::copy_text,
            scan::cameras,
            scan::open_camera,
            scan::close_camera,
            scan::scan_image,
            scan::scan_path,
            scan::scan_screen,
            scan::examine_camera,
            scan::camera_view,
            bills::handover,
            bills::open_handover,
            bills::bills,
            bills::save_bill,
            bills::mark_bill,
            bills::set_bill_note,
            bills::remove_bill,
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
            activity::activity_totals,
            activity::activity_views,
            activity::save_activity_view,
            activity::remove_activity_view,
            activity::export_activity,
            activity::cancel_export,
            activity::payment,
            activity::set_private_note,
            activity::cancel_payment,
            activity::open_action,
            activity::undo_payment,
            people::people,
            people::set_blocked,
            people::set_words_compared,
            people::report_person,
            people::accept_new_key,
            inbox::inbox,
            inbox::let_request_in,
            inbox::uncovered_note,
            settings::settings,
            settings::set_settings,
            settings::set_pin,
            settings::notify,
            lock::lock_now,
            lock::unlock_with_pin,
            lock::lock_choices,
            lock::set_lock_choices,
            lock::report_input,
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
