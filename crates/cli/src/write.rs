//! `tessera write`

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pay::{AskedAmount, Direction, Intent};
use print::{BillError, BillLanguage, bill_pdf};
use qr::Ecc;
use qr::payload::{PostalAddress, SwissBill, Writable, write};
use rust_decimal::Decimal;

use crate::{Failure, draw, words};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The payer's standard.
    #[arg(value_name = "STANDARD", value_parser = clap::builder::PossibleValuesParser::new(Writable::ALL.map(|(_, word)| word).into_iter().chain([SWISS])))]
    standard: String,
    /// Account of the payee: IBAN, address, key or number.
    #[arg(long)]
    account: String,
    /// Name of the payee.
    #[arg(long)]
    name: Option<String>,
    /// Amount with a point; without it the payer types one.
    #[arg(long, value_name = "12.50")]
    amount: Option<Decimal>,
    /// Currency of the amount, where the standard knows several.
    #[arg(long, value_name = "EUR")]
    currency: Option<String>,
    /// The payee's reference.
    #[arg(long)]
    reference: Option<String>,
    /// A text for the payer.
    #[arg(long)]
    memo: Option<String>,
    /// Draw it here instead of printing the text; the name must end in .svg or .png, or .pdf for the whole payment part of
    /// a Swiss bill.
    #[arg(short, long, value_name = "FILE.svg|png|pdf")]
    output: Option<PathBuf>,
    /// The payee's address, for a Swiss bill: `Street;number;postcode;town;country`.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The payer of a Swiss bill: `Name;street;number;postcode;town;country`; without one the payer writes it.
    #[arg(long, value_name = "NAME AND ADDRESS")]
    payer: Option<String>,
    /// For the payer's program, on a Swiss bill: `//S1/…`.
    #[arg(long, default_value = "")]
    information: String,
    /// Language of a Swiss bill.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// The word for a Swiss bill, which asks for more than the other standards.
const SWISS: &str = "swiss-qr-bill";

#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    De,
    Fr,
    It,
    En,
}

impl From<Language> for BillLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::De => BillLanguage::German,
            Language::Fr => BillLanguage::French,
            Language::It => BillLanguage::Italian,
            Language::En => BillLanguage::English,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.standard == SWISS {
        return swiss(arguments);
    }
    if arguments.currency.is_some() && arguments.amount.is_none() {
        return Err(Failure::CurrencyAlone);
    }
    let known = Writable::ALL.into_iter().find(|(_, word)| *word == arguments.standard);
    let Some((standard, _)) = known else { return Ok(ExitCode::from(2)) };
    let mut asked = Intent::new(Direction::Pay);
    asked.payee.account = Some(arguments.account.clone());
    asked.payee.name = arguments.name.clone();
    asked.reference = arguments.reference.clone();
    asked.memo = arguments.memo.clone();
    asked.amount = arguments.amount.map(|value| AskedAmount {
        text: value.to_string(),
        value: value.normalize(),
        unit: arguments.currency.clone(),
    });
    let text = write(standard, &asked).map_err(Failure::Write)?;
    out(&text, arguments.output.as_deref())
}

/// The text, or its code in a file.
fn out(text: &str, output: Option<&Path>) -> Result<ExitCode, Failure> {
    match output {
        Some(output) => draw::save(&qr::draw(text, Ecc::M)?, output, draw::MODULE),
        None => {
            io::stdout().write_all(words::written(text).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn swiss(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let name = arguments.name.clone().unwrap_or_default();
    let creditor = postal(&format!("{name};{}", arguments.address.as_deref().unwrap_or_default()));
    let bill = SwissBill {
        account: arguments.account.clone(),
        creditor,
        amount: arguments.amount,
        currency: arguments.currency.clone().unwrap_or_else(|| "CHF".into()),
        debtor: arguments.payer.as_deref().map(postal),
        reference: arguments.reference.clone().unwrap_or_default(),
        message: arguments.memo.clone().unwrap_or_default(),
        information: arguments.information.clone(),
    };
    let as_pdf = arguments.output.as_ref().filter(|path| path.extension().is_some_and(|ending| ending == "pdf"));
    let Some(path) = as_pdf else {
        return out(&bill.write().map_err(Failure::Write)?, arguments.output.as_deref());
    };
    let file = bill_pdf(&bill, arguments.language.into()).map_err(|error| match error {
        BillError::Bill(problem) => Failure::Write(problem),
        BillError::Draw(error) => Failure::Draw(error),
        BillError::Print(_) => Failure::Letters,
    })?;
    fs::write(path, file).map_err(|error| Failure::File { path: path.clone(), error })?;
    io::stdout().write_all(words::printed(path).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// `Name;street;number;postcode;town;country`; what is left out is empty, and refused where the bill needs it.
fn postal(text: &str) -> PostalAddress {
    let mut parts = text.split(';').map(|part| part.trim().to_owned());
    let mut next = || parts.next().unwrap_or_default();
    let (name, street, number) = (next(), next(), next());
    PostalAddress { name, street, number, postcode: next(), town: next(), country: next() }
}
