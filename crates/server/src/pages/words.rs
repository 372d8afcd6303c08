//! Every text of the pages, in every language. A text that is missing in one of them does not compile.

mod en;
mod es;
mod fr;

pub use en::EN;
pub use es::ES;
pub use fr::FR;

use super::figures::TypedError;
use crate::processor::Plea;
use protocol::Code;
use protocol::body::{Bar, Behaviour, CardClass, FailureReason};
use protocol::way::WayKind;

/// A text with one thing in it.
pub type With = fn(&str) -> String;

/// The texts.
pub struct Words {
    /// January to December, inside a date.
    pub months: [&'static str; 12],
    /// Name of the language switch.
    pub languages: &'static str,
    /// Below every page of a server whose money is not real.
    pub no_real_money: &'static str,
    /// Address that leads nowhere.
    pub nothing: Note,
    /// A server that cannot answer now.
    pub unavailable: Note,
    /// Asked too often; minutes.
    pub too_many: With,

    /// Title: pay somebody.
    pub pay_name: With,
    /// Title: pay somebody an amount (name, amount).
    pub pay_name_amount: fn(&str, &str) -> String,
    /// Over a name whose amount is open.
    pub pay_somebody: &'static str,
    /// Over the amount.
    pub you_pay: &'static str,
    /// Over the amount when some has come.
    pub still_to_pay: &'static str,
    /// Some has come (asked, paid).
    pub part_paid: fn(&str, &str) -> String,
    /// What for.
    pub what_for: &'static str,
    /// A request that whoever has the link may pay, once.
    pub for_anyone: &'static str,
    /// A request that many may pay.
    pub for_many: &'static str,
    /// Title of a request that is for one person.
    pub for_one_title: &'static str,
    /// Its text.
    pub for_one: &'static str,
    /// Until when.
    pub payable_until: With,
    /// Its time passed, and it can be paid all the same.
    pub was_due: With,
    /// This payee takes no money now.
    pub cannot_be_paid: Note,
    /// A payment for it is on its way.
    pub request_busy: Note,
    /// Paid.
    pub request_paid: Note,
    /// Declined.
    pub request_declined: Note,
    /// Taken back.
    pub request_canceled: Note,
    /// Expired.
    pub request_expired: Note,

    /// Field, with the currency's code.
    pub amount_in: With,
    /// Opens the field for another amount.
    pub other_amount: &'static str,
    /// Its button.
    pub pay_this_amount: &'static str,
    /// Field.
    pub your_name: &'static str,
    /// Field.
    pub message: With,
    /// Beside a field.
    pub optional: &'static str,
    /// The button, with an amount.
    pub pay_amount: With,
    /// The button, while the amount is not known.
    pub go_on: &'static str,
    /// PayPal without a fee.
    pub paypal_free: &'static str,
    /// PayPal with a fee of this much.
    pub paypal_fee: With,
    /// PayPal, while the fee is not known.
    pub paypal_fee_later: &'static str,
    /// Below the buttons: where the card is typed (processor, payee).
    pub card_goes_to: fn(&str, &str) -> String,
    /// Below the buttons, practice.
    pub no_card_here: &'static str,
    /// Opens the app.
    pub open_in_app: &'static str,
    /// Heading of the code.
    pub on_another_screen: &'static str,
    /// Text twin of the code's picture.
    pub code_of: With,
    /// Heading of the codes of other systems.
    pub other_ways: &'static str,
    /// What happens when one of them is paid (name).
    pub other_ways_why: With,
    /// What each is called, and where.
    pub way: fn(WayKind) -> &'static str,
    /// Field of a code.
    pub way_name: &'static str,
    /// Field of a code.
    pub way_account: &'static str,
    /// Field of a code.
    pub way_amount: &'static str,
    /// Field of a code.
    pub way_reference: &'static str,
    /// Field of a code.
    pub way_text: &'static str,
    /// A code that names no amount (name).
    pub way_without_amount: With,
    /// Gives it to the system's app.
    pub way_open: &'static str,

    /// Typed amounts.
    pub typed: fn(TypedError) -> &'static str,
    /// Beyond the limit.
    pub over_limit: With,
    /// The name cannot be shown.
    pub name_invalid: &'static str,
    /// The message cannot be shown.
    pub message_invalid: &'static str,
    /// The form lay too long.
    pub form_old: &'static str,
    /// The form was sent before with another amount.
    pub form_used: With,
    /// Back to the payment that was begun.
    pub go_on_with_it: &'static str,
    /// To a fresh form.
    pub start_again: &'static str,
    /// Why a payment was not accepted.
    pub refused: fn(Code) -> &'static str,

    /// Title of the practice processor's page.
    pub checkout: &'static str,
    /// To whom (name, handle).
    pub to_payee: fn(&str, &str) -> String,
    /// The fee within the total.
    pub with_fee: With,
    /// Over the cards.
    pub choose_card: &'static str,
    /// Over the PayPal accounts.
    pub choose_account: &'static str,
    /// Nothing was chosen.
    pub choose_one: &'static str,
    /// Names of cards.
    pub card: fn(Option<CardClass>) -> &'static str,
    /// What a practice card does.
    pub behaviour: fn(Behaviour) -> &'static str,
    /// Why a source is not taken.
    pub bar: fn(Bar) -> &'static str,
    /// Leaves without paying.
    pub leave: &'static str,
    /// The page was answered before.
    pub answered: &'static str,
    /// Goes on to the payment.
    pub see_payment: &'static str,

    /// Title of the practice bank's page.
    pub bank: &'static str,
    /// From which card.
    pub from_card: With,
    /// The question.
    pub approve_question: &'static str,
    /// Yes.
    pub approve: &'static str,
    /// No.
    pub refuse: &'static str,
    /// Answered yes.
    pub approved: &'static str,
    /// Answered no.
    pub not_approved: &'static str,

    /// On its way, with who works on it.
    pub processing: &'static str,
    /// Its text.
    pub processing_text: With,
    /// Not known.
    pub unknown: Note,
    /// Asks again.
    pub look_again: &'static str,
    /// The payer has something to do.
    pub action: Note,
    /// Opens the bank's page.
    pub to_bank: &'static str,
    /// Not paid.
    pub not_paid: &'static str,
    /// Why.
    pub failure: fn(FailureReason) -> &'static str,
    /// After why.
    pub nothing_moved: &'static str,
    /// Called off.
    pub canceled: Note,
    /// To the first page.
    pub another_way: &'static str,

    /// Done.
    pub paid: &'static str,
    /// Done, and not real.
    pub paid_practice: &'static str,
    /// All of it was given back.
    pub returned: &'static str,
    /// Some of it was.
    pub partly_returned: &'static str,
    /// How much, and where to.
    pub went_back: With,
    /// Title of a receipt (amount, name).
    pub receipt_title: fn(&str, &str) -> String,
    /// Row.
    pub to: &'static str,
    /// Row.
    pub when: &'static str,
    /// Row.
    pub state: &'static str,
    /// Row.
    pub held: &'static str,
    /// Row.
    pub verified: &'static str,
    /// Row.
    pub number: &'static str,
    /// Who holds the money, in the operator's words; those of a server that was not configured are translated.
    pub holder: With,
    /// The processor, by the word kept with payments.
    pub processor: With,
    /// Heading of the proof code.
    pub proof: &'static str,
    /// What it is for.
    pub proof_text: &'static str,

    /// Description in previews of links (server).
    pub preview: With,
}

/// What, and why or what next.
#[derive(Clone, Copy)]
pub struct Note {
    /// First.
    pub what: &'static str,
    /// Then.
    pub then: &'static str,
}

/// Puts the two together.
pub const fn note(what: &'static str, then: &'static str) -> Note {
    Note { what, then }
}

impl Words {
    /// Why a form or choice was not taken, in words.
    pub fn plea(&self, plea: Plea) -> &'static str {
        match plea {
            Plea::NothingChosen => self.choose_one,
            Plea::Refused(bar) => (self.bar)(bar),
        }
    }
}
