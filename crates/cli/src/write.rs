//! `tessera write`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use pay::{AskedAmount, Direction, Intent};
use qr::Ecc;
use qr::payload::{Writable, write};
use rust_decimal::Decimal;

use crate::{Failure, draw, words};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The payer's standard.
    #[arg(value_name = "STANDARD", value_parser = clap::builder::PossibleValuesParser::new(Writable::ALL.map(|(_, word)| word)))]
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
    #[arg(long, value_name = "EUR", requires = "amount")]
    currency: Option<String>,
    /// The payee's reference.
    #[arg(long)]
    reference: Option<String>,
    /// A text for the payer.
    #[arg(long)]
    memo: Option<String>,
    /// Draw it here instead of printing the text; the name must end in .svg or .png.
    #[arg(short, long, value_name = "FILE.svg|png")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
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
    match &arguments.output {
        Some(output) => draw::save(&qr::draw(&text, Ecc::M)?, output, draw::MODULE),
        None => {
            io::stdout().write_all(words::written(&text).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
