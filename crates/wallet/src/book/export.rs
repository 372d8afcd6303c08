//! Payments as a file: for spreadsheets and for programs. Written beside its place and put there when it is whole.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use protocol::body::Payment;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::Book;
use super::listed::{Asked, TOP, place_of};
use super::rows::{other_side, to_json, word};
use crate::WalletError;
use crate::view::{ActivityFilter, ActivityRow, ExportFormat, ExportProgress};

/// Payments between two looks at whether it was called off.
const PIECE: i64 = 500;
/// Spreadsheets take a file for UTF-8 only by this mark, and would show "Zoë" as "ZoÃ«" without it.
const MARK: &str = "\u{feff}";
const HEAD: &str = "id,accepted_at,direction,state,name,handle,amount,fee,currency,note,private_note,request_id,source_id,\
verified_by\r\n";

impl Book {
    /// Writes what a filter shows, newest first, as the book is at this moment. False when `stop` was set meanwhile:
    /// then there is no file.
    pub(crate) async fn export(
        &self,
        filter: &ActivityFilter,
        format: ExportFormat,
        path: &Path,
        stop: &AtomicBool,
        tell: impl Fn(ExportProgress) + Send + Sync,
    ) -> Result<Option<u32>, WalletError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let written = self.write_export(filter, format, &part, stop, tell).await;
        if let Ok(Some(_)) = &written {
            tokio::fs::rename(&part, path).await?;
        } else {
            // It may never have been made.
            let _ = tokio::fs::remove_file(&part).await;
        }
        written
    }

    async fn write_export(
        &self,
        filter: &ActivityFilter,
        format: ExportFormat,
        part: &Path,
        stop: &AtomicBool,
        tell: impl Fn(ExportProgress) + Send + Sync,
    ) -> Result<Option<u32>, WalletError> {
        let mut tx = self.store.read().await?;
        let asked = Asked::new(filter, self.now_ms())?;
        let total = asked.totals(&mut tx).await?.iter().map(|total| total.count).sum();
        let mut file = BufWriter::new(File::create(part).await?);
        let head = match format {
            ExportFormat::Csv => format!("{MARK}{HEAD}"),
            ExportFormat::Json => "[".into(),
        };
        file.write_all(head.as_bytes()).await?;
        let mut done = 0;
        let mut before = TOP;
        loop {
            tell(ExportProgress { done, total });
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let rows = asked.rows(&mut tx, before, 0, PIECE).await?;
            let Some(last) = rows.last() else { break };
            before = place_of(last);
            for row in &rows {
                let text = match format {
                    ExportFormat::Csv => csv_line(row)?,
                    ExportFormat::Json => format!("{}\n{}", if done == 0 { "" } else { "," }, to_json(row)?),
                };
                file.write_all(text.as_bytes()).await?;
                done += 1;
            }
        }
        if format == ExportFormat::Json {
            file.write_all(b"\n]\n").await?;
        }
        file.flush().await?;
        file.get_ref().sync_all().await?;
        Ok(Some(done))
    }
}

fn csv_line(row: &ActivityRow) -> Result<String, WalletError> {
    let Payment { id, amount, fee, note, request_id, source_id, verified_by, .. } = &row.payment;
    let other = other_side(&row.payment, row.direction);
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.payment.created_at_ms) * 1_000_000);
    let at = at.ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default();
    let cells = [
        id.to_string(),
        at,
        word(&row.direction)?,
        row.payment.state.as_str().into(),
        other.display_name.clone(),
        other.handle.clone(),
        amount.value.clone(),
        fee.as_ref().map(|fee| fee.value.clone()).unwrap_or_default(),
        amount.currency.clone(),
        note.clone(),
        row.private_note.clone(),
        request_id.map(|id| id.to_string()).unwrap_or_default(),
        source_id.map(|id| id.to_string()).unwrap_or_default(),
        verified_by.clone().unwrap_or_default(),
    ];
    Ok(format!("{}\r\n", cells.map(cell).join(",")))
}

/// A cell no spreadsheet takes for a formula: one that begins like one gets an apostrophe. Quoted where RFC 4180 asks.
fn cell(text: String) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_defused() {
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"].map(|text| cell(text.into()));
        assert_eq!(cells, ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "\"'\r=1\""]);
        assert_eq!(cell("a=1".into()), "a=1");
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted() {
        assert_eq!(cell("say \"hi\", then\r\ngo".into()), "\"say \"\"hi\"\", then\r\ngo\"");
        assert_eq!(cell("plain é".into()), "plain é");
        assert_eq!(cell("=HYPERLINK(\"x\",\"y\")".into()), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
    }
}
