//! `tessera-server reports`: the operator reads and closes reports and suspends accounts, in a terminal.

use crate::{StartError, named_database, open_one, read_config};
use clap::{Args, Subcommand};
use server::clock::SystemClock;
use server::operator::{Desk, Filed};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args)]
pub struct Reports {
    /// As for serving; without it the environment's TESSERA_DATABASE.
    #[arg(long, global = true)]
    database: Option<String>,
    /// The server's configuration file.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand)]
enum Act {
    /// Open reports, oldest first (the default).
    List {
        /// Closed ones too.
        #[arg(long)]
        all: bool,
    },
    /// One report, whole. An id may be shortened to its first eight characters.
    Show { id: String },
    /// Closes a report.
    Close {
        id: String,
        /// What was found and done, for whoever looks later. Reporter and reported do not see it.
        #[arg(long)]
        note: String,
    },
    /// Suspends an account: it can read its book and give money back, and neither pay, ask nor be paid.
    Suspend { handle: String },
    /// Ends a suspension.
    Restore { handle: String },
}

pub async fn run(asked: Reports) -> Result<(), StartError> {
    let config = read_config(asked.config.as_deref())?;
    let database = named_database(asked.database)?;
    if database.strip_prefix("sqlite:").is_some_and(|file| !Path::new(file).exists()) {
        return Err(StartError::NoDatabase(database));
    }
    let desk = Desk::open(open_one(&database).await?, config, Arc::new(SystemClock)).await?;
    let mut out = std::io::stdout().lock();
    match asked.act.unwrap_or(Act::List { all: false }) {
        Act::List { all } => {
            let reports = desk.reports(all).await?;
            for filed in &reports {
                writeln!(out, "{}", line(filed))?;
            }
            writeln!(out, "{} {}", reports.len(), if all { "reports" } else { "open reports" })?;
        }
        Act::Show { id } => writeln!(out, "{}", whole(&desk.report(&id).await?))?,
        Act::Close { id, note } => writeln!(out, "{}", whole(&desk.close(&id, &note).await?))?,
        Act::Suspend { handle } => writeln!(out, "@{} is suspended", desk.set_suspended(&handle, true).await?)?,
        Act::Restore { handle } => {
            writeln!(out, "@{} is not suspended any more", desk.set_suspended(&handle, false).await?)?
        }
    }
    Ok(())
}

/// One report in one line. What people write was checked when it came in: it hides and turns nothing.
fn line(filed: &Filed) -> String {
    let Filed { id, at_ms, about, by, reason, words, closed, .. } = filed;
    let state = if closed.is_some() { "closed" } else { "open" };
    format!("{id}  {}  {state:6}  {reason:13}  @{about}  by @{by}  {}", moment(*at_ms), words.replace('\n', " "))
}

fn whole(filed: &Filed) -> String {
    let Filed { id, about, about_name, by, reason, words, about_count, .. } = filed;
    let account = if filed.suspended { "suspended" } else { "active" };
    let state = match &filed.closed {
        Some((at_ms, note)) => format!("closed {}: {note}", moment(*at_ms)),
        None => "open".to_owned(),
    };
    let filed_at = moment(filed.at_ms);
    format!(
        "report   {id}\nfiled    {filed_at} by @{by}\nabout    @{about} ({about_name}), {account}, {about_count} in all\n\
         reason   {reason}\nwords    {words}\nstate    {state}"
    )
}

/// Day and minute, UTC.
fn moment(at_ms: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]Z");
    let at = time::OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)).ok();
    at.and_then(|at| at.format(&format).ok()).unwrap_or_else(|| at_ms.to_string())
}
