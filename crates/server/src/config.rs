//! What an operator decides: policy, limits, fees, rates and times.

mod mail;

pub use mail::{Mail, MailBy, MailSecurity, Secret};

use pay::{Currency, Money, MoneyError};
use protocol::body::{Amount, EligibilityPolicy, Mode, SourceKind};
use protocol::fee::FeeRule;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Everything an operator decides; `tessera-server.example.toml` explains each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the operator calls the server.
    pub name: String,
    /// How to reach the operator.
    pub contact: String,
    /// Practice or sandbox.
    pub mode: Mode,
    /// Who holds the money, in words.
    pub holder: String,
    /// File of the server's Ed25519 key: 64 hex digits; made on the first start when missing.
    pub key_file: PathBuf,
    /// Header in which a trusted reverse proxy says the client's address.
    pub client_address_header: Option<String>,
    /// Who may use the server.
    pub eligibility: EligibilityPolicy,
    /// Most that may move, per currency.
    pub limits: Vec<Limit>,
    /// What is added on top, per kind of source.
    pub fees: Fees,
    /// How often things may be asked.
    pub rates: Rates,
    /// How long things take.
    pub timings: Timings,
    /// How letters leave.
    pub mail: Mail,
}

/// Most that one payer may send in one currency.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// ISO 4217.
    pub currency: String,
    /// In one payment.
    pub per_payment: String,
    /// In any 24 hours.
    pub per_day: String,
}

/// Fees by kind of source, paid by the payer on top of the amount.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fees {
    /// Debit, prepaid and government cards.
    pub card: Fee,
    /// PayPal accounts.
    pub paypal: Fee,
}

/// `amount × rate`, rounded once (half away from zero), plus `fixed` in the payment's currency.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Share of the amount: `0.029` is 2.9 %.
    pub rate: Decimal,
    /// Decimal text in whole units of the payment's currency: `0.30`.
    pub fixed: String,
}

/// Calls allowed, as a full bucket and its refill.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Accounts opened from one address in an hour.
    pub joins_per_hour: u32,
    /// Passwords tried for one account, and from one address ten times as many, in a minute.
    pub passwords_per_minute: u32,
    /// Changing calls of one person in a minute.
    pub changes_per_minute: u32,
    /// Reports to the operator by one person in a day.
    pub reports_per_day: u32,
    /// Calls without a session from one address in a minute.
    pub visits_per_minute: u32,
    /// Payments begun without an account from one address in an hour.
    pub guests_per_hour: u32,
    /// Payments begun without an account to one payee in an hour.
    pub guests_per_payee_per_hour: u32,
    /// Letters asked for with one name, and from one address ten times as many, in an hour.
    pub letters_per_hour: u32,
}

/// Times, all in milliseconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timings {
    /// Access token.
    pub access_ms: i64,
    /// Refresh token.
    pub refresh_ms: i64,
    /// Least time between two reminders of one request.
    pub reminder_ms: i64,
    /// How often expired requests are looked for.
    pub expiry_tick_ms: u64,
    /// How long the processor is waited for before its answer counts as lost.
    pub processor_wait_ms: u64,
    /// Waits between asking again about a lost answer; the last one repeats.
    pub ask_again_ms: Vec<u64>,
    /// How often the sandbox loses its answer about a source that times out.
    pub sandbox_lost_answers: i64,
    /// How long the sandbox takes for one charge.
    pub sandbox_charge_ms: u64,
    /// One call, whole.
    pub call_ms: u64,
    /// Waits before a letter that did not leave is tried again; the last one repeats, for two days.
    pub letter_again_ms: Vec<i64>,
    /// How long a device that was confirmed by a letter waits before it comes in and all others go out.
    pub recovery_wait_ms: i64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            name: "Tessera".into(),
            contact: String::new(),
            mode: Mode::Sandbox,
            holder: "practice money".into(),
            key_file: PathBuf::from("tessera-server.key"),
            client_address_header: None,
            eligibility: EligibilityPolicy {
                countries: vec!["US".into()],
                minimum_age_years: 18,
                currencies: vec!["USD".into()],
            },
            limits: vec![Limit { currency: "USD".into(), per_payment: "2999.00".into(), per_day: "10000.00".into() }],
            fees: Fees::default(),
            rates: Rates::default(),
            timings: Timings::default(),
            mail: Mail::default(),
        }
    }
}

impl Default for Fees {
    fn default() -> Self {
        Fees {
            card: Fee { rate: Decimal::ZERO, fixed: "0".into() },
            paypal: Fee { rate: Decimal::new(29, 3), fixed: "0.30".into() },
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            joins_per_hour: 20,
            passwords_per_minute: 10,
            changes_per_minute: 600,
            visits_per_minute: 300,
            guests_per_hour: 30,
            guests_per_payee_per_hour: 600,
            reports_per_day: 20,
            letters_per_hour: 5,
        }
    }
}

impl Default for Timings {
    fn default() -> Self {
        Timings {
            access_ms: 15 * 60_000,
            refresh_ms: 60 * 86_400_000,
            reminder_ms: 86_400_000,
            expiry_tick_ms: 500,
            processor_wait_ms: 10_000,
            ask_again_ms: vec![1_000, 2_000, 5_000, 10_000],
            sandbox_lost_answers: 3,
            sandbox_charge_ms: 0,
            call_ms: 30_000,
            letter_again_ms: vec![60_000, 300_000, 900_000, 3_600_000],
            recovery_wait_ms: 86_400_000,
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, or a key that does not exist.
    #[error("configuration: {0}")]
    Toml(#[from] toml::de::Error),
    /// A currency that is not ISO 4217.
    #[error("configuration: {0:?} is not an ISO 4217 currency")]
    Currency(String),
    /// An amount that is not one.
    #[error("configuration: {text:?} is not an amount: {error}")]
    Amount {
        /// As written.
        text: String,
        /// Why.
        error: MoneyError,
    },
    /// Moving real money needs processors this build does not have.
    #[error("configuration: mode \"live\" needs a processor, and this build has only the sandbox")]
    Live,
    /// `from` is no address.
    #[error("configuration: mail.from {0:?} is not `Name <address>`")]
    Sender(String),
    /// Letters would travel readable.
    #[error("configuration: mail.security \"none\" is for a relay on this machine, and {0} is not")]
    PlainMail(String),
    /// Built without.
    #[error("configuration: this build sends no mail by SMTP")]
    NoSmtp,
    /// A currency is allowed that has no limit.
    #[error("configuration: currency {0} has no entry in [[limits]]")]
    NoLimit(String),
}

impl Config {
    /// Reads and checks a file's text.
    pub fn from_toml(text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// What practice mode uses: generous rates for one machine, short waits.
    pub fn practice(timings: Timings) -> Config {
        let rates = Rates {
            joins_per_hour: 10_000,
            passwords_per_minute: 1_000,
            changes_per_minute: 10_000,
            reports_per_day: 1_000,
            visits_per_minute: 10_000,
            guests_per_hour: 10_000,
            guests_per_payee_per_hour: 10_000,
            letters_per_hour: 1_000,
        };
        Config { name: "Practice".into(), mode: Mode::Practice, rates, timings, ..Config::default() }
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.mode == Mode::Live {
            return Err(ConfigError::Live);
        }
        self.mail.check()?;
        for code in &self.eligibility.currencies {
            let currency = Currency::from_code(code).map_err(|_| ConfigError::Currency(code.clone()))?;
            let limit = self.limits.iter().find(|l| &l.currency == code);
            let limit = limit.ok_or_else(|| ConfigError::NoLimit(code.clone()))?;
            let texts = [&limit.per_payment, &limit.per_day, &self.fees.card.fixed, &self.fees.paypal.fixed];
            for text in texts {
                let wrong = |error| ConfigError::Amount { text: text.clone(), error };
                Money::parse(text, currency).map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// Most that one payment may move; `None`: this currency does not move here.
    pub fn payment_limit(&self, currency: Currency) -> Option<Money> {
        let limit = self.limits.iter().find(|l| l.currency == currency.code())?;
        Money::parse(&limit.per_payment, currency).ok()
    }

    /// Most that one payer may send in 24 hours.
    pub fn day_limit(&self, currency: Currency) -> Option<Money> {
        let limit = self.limits.iter().find(|l| l.currency == currency.code())?;
        Money::parse(&limit.per_day, currency).ok()
    }

    /// [`Self::payment_limit`] of every currency, for the public facts.
    pub fn payment_limits(&self) -> Vec<Amount> {
        let currencies = self.limits.iter().filter_map(|l| Currency::from_code(&l.currency).ok());
        currencies.filter_map(|c| self.payment_limit(c)).map(Amount::from).collect()
    }

    /// What payments cost, for the public facts: the rules [`Self::fee`] counts by.
    pub fn fee_rules(&self) -> Vec<FeeRule> {
        [SourceKind::Card, SourceKind::Paypal].map(|kind| self.fee_rule(kind)).to_vec()
    }

    /// What the payer pays on top of `amount` with this kind of source.
    pub fn fee(&self, kind: SourceKind, amount: Money) -> Result<Money, MoneyError> {
        self.fee_rule(kind).fee(amount)
    }

    fn fee_rule(&self, kind: SourceKind) -> FeeRule {
        let fee = match kind {
            SourceKind::Card => &self.fees.card,
            SourceKind::Paypal => &self.fees.paypal,
        };
        FeeRule { kind, rate: fee.rate.to_string(), fixed: fee.fixed.clone() }
    }
}

impl Timings {
    /// How long to wait before a letter is tried again that failed `attempts` times, milliseconds.
    pub fn letter_again(&self, attempts: i64) -> i64 {
        let last = self.letter_again_ms.last().copied().unwrap_or(3_600_000);
        let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
        self.letter_again_ms.get(place).copied().unwrap_or(last)
    }

    /// How long to wait before asking for the `attempt`-th time again, counted from 0.
    pub fn ask_again(&self, attempt: usize) -> Duration {
        let last = self.ask_again_ms.last().copied().unwrap_or(10_000);
        Duration::from_millis(self.ask_again_ms.get(attempt).copied().unwrap_or(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_is_read_and_says_what_the_defaults_are() {
        let example = Config::from_toml(include_str!("../tessera-server.example.toml")).expect("example");
        let (a, b) = (format!("{example:?}"), format!("{:?}", Config::default()));
        assert_eq!(a.replace("https://example.org/contact", ""), b);
    }

    #[test]
    fn an_unknown_key_and_a_wrong_amount_are_named() {
        assert!(matches!(Config::from_toml("nmae = 'x'"), Err(ConfigError::Toml(_))));
        let limits = "[[limits]]\ncurrency = 'USD'\nper_payment = '10.001'\nper_day = '20'";
        assert!(matches!(Config::from_toml(limits), Err(ConfigError::Amount { .. })));
        assert!(matches!(Config::from_toml("mode = 'live'"), Err(ConfigError::Live)));
        let plain = |host: &str| format!("[mail]\nby = 'smtp'\nsecurity = 'none'\nhost = '{host}'");
        assert!(matches!(Config::from_toml(&plain("mail.example")), Err(ConfigError::PlainMail(_))));
        assert!(Config::from_toml(&plain("127.0.0.1")).is_ok());
        assert!(matches!(Config::from_toml("[mail]\nfrom = 'us'"), Err(ConfigError::Sender(_))));
    }

    #[test]
    fn paypal_costs_a_share_and_a_fixed_part_and_debit_nothing() {
        let config = Config::default();
        let amount = Money::parse("100.00", Currency::USD).expect("amount");
        assert_eq!(config.fee(SourceKind::Card, amount).map(Money::minor), Ok(0));
        assert_eq!(config.fee(SourceKind::Paypal, amount).map(Money::minor), Ok(320));
    }
}
