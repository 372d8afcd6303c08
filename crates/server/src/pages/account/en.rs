use super::words::AccountWords;
use crate::pages::words::note;

/// English.
pub const EN: AccountWords = AccountWords {
    stale: note("This link is over", "It was used already, or its time has passed. Ask for a new one in the app."),
    new_password: "A new password",
    new_password_text: |handle| {
        format!("For @{handle}. All devices are signed out and need it then. It lets no new device in by itself.")
    },
    password: "New password, 10 characters or more",
    password_again: "The same again",
    set_password: "Set the password",
    password_weak: "Too easy to guess. Use ten characters or more, and not your name or address.",
    passwords_differ: "The two are not the same.",
    password_set: note("The new password is set", "Every device was signed out. Sign in again in the app."),
    let_in: "Let a new device in?",
    let_in_text: |device, handle| format!("“{device}” asks for the account of @{handle}."),
    compare: "Your new device must show exactly these words:",
    others_go_at_once: "All other devices go out at once. Do this only if you have none left.",
    others_go_later: "It comes in after a waiting time, and all other devices go out then. Do this only if you have none left.",
    let_it_in: "The words are the same: let it in",
    comes_in: |when| ("Confirmed", format!("The device comes in on {when}. Until then it can be stopped.")),
    is_in: note("Confirmed", "Go back to your new device: it is let in now."),
    stop: "Put this device out?",
    stop_text: |device, handle| {
        format!("“{device}” in the account of @{handle}. It is out at once and cannot come back.")
    },
    stop_it: "That was not me: put it out",
    stopped: note("It is out", "Now set a new password: “Forgotten password?” in the app. Somebody knows yours."),
    email: "Is this your address?",
    email_text: |address, handle| format!("E-mail about @{handle} will come to {address}."),
    confirm_email: "Yes, use this address",
    email_confirmed: note("Confirmed", "The old address was told, and can take it back for 7 days."),
    email_taken: note("This address cannot be used", "Another account uses it."),
    undo: "Take the change back?",
    undo_text: |address, handle| format!("E-mail about @{handle} will come to {address} again."),
    undo_it: "That was not me: take it back",
    undone: note("Taken back", "Now set a new password: “Forgotten password?” in the app. Somebody knows yours."),
};
