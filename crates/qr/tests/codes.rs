//! The page of codes (`docs/codes.md`) and the readers name the same standards and profiles, and the same we write.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use qr::payload::Writable;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A source file without its tests.
fn source(name: &str) -> String {
    file(name).split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// What stands between each `start` and the next quotation mark.
fn quoted_after(text: &str, start: &str) -> Vec<String> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The last text of each row of a table of pairs: `("start", "word"),`.
fn second_of_pairs(text: &str) -> Vec<String> {
    let rows = text.lines().map(str::trim).filter(|row| row.starts_with("(\"") && row.ends_with("\"),"));
    rows.filter_map(|row| row.rsplit('"').nth(1)).map(str::to_owned).collect()
}

/// The words of the rows under a heading: what is in code letters in the first column.
fn rows(page: &str) -> BTreeSet<Vec<String>> {
    let first = page.lines().filter_map(|row| row.strip_prefix("| `").and_then(|row| row.split('|').next()));
    first
        .map(|cell| {
            cell.split('`').step_by(2).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        })
        .collect()
}

fn known() -> BTreeSet<Vec<String>> {
    let schemes = quoted_after(&source("src/payload.rs"), "Scheme::").len();
    let payload = source("src/payload.rs");
    let words =
        payload.lines().filter_map(|line| line.trim().strip_prefix("Scheme::")).map(|line| quoted_after(line, "=> \""));
    let mut known: BTreeSet<Vec<String>> = words.flatten().map(|word| vec![word]).collect();
    assert!(schemes >= 40 && known.len() >= 40, "the words of the schemes are not where they were: {known:?}");
    let profiles = |scheme: &str, files: &[&str], starts: &[&str]| {
        let text: String = files.iter().map(|file| source(&format!("src/scheme/{file}.rs"))).collect();
        let starts = starts.iter().flat_map(|start| quoted_after(&text, start)).chain(second_of_pairs(&text));
        starts.map(|word| vec![scheme.to_owned(), word]).collect::<Vec<_>>()
    };
    let emv = profiles("emv", &["emv", "emv/profile"], &["name: \"", "profile = Some(\"", "\"SG\" => \"", "_ => \""]);
    let links = profiles("link", &["link"], &["link(\"", "opaque(\""]);
    let others = profiles("nonpay", &["nonpay", "web"], &["Some(\"", "then_some(\"", "{ \"", "nonpay(\""]);
    for found in [emv, links, others] {
        assert!(found.len() >= 15, "the profiles are not where they were: {found:?}");
        known.extend(found);
    }
    // Identifiers that are names of networks inside one profile, and whole schemes whose rows are their profiles.
    for inside in [["emv", "upi"], ["emv", "vnpay"]] {
        known.remove(inside.map(str::to_owned).as_slice());
    }
    for whole in ["emv", "link", "nonpay"] {
        known.remove(&vec![whole.to_owned()]);
    }
    known.insert(vec!["nonpay".into(), "text".into()]);
    known
}

#[test]
fn every_standard_and_profile_has_its_row_and_no_row_is_about_none() {
    let page = file("../../docs/codes.md");
    let read = page.split("## What is written").next().unwrap_or_default();
    let (rows, known) = (rows(read), known());
    let without: Vec<_> = known.difference(&rows).collect();
    let unknown: Vec<_> = rows.difference(&known).collect();
    assert!(without.is_empty(), "no row in docs/codes.md for {without:?}");
    assert!(unknown.is_empty(), "docs/codes.md speaks of {unknown:?}, which no reader names");
}

#[test]
fn every_standard_we_write_has_its_row() {
    let page = file("../../docs/codes.md");
    let written = rows(page.split("## What is written").nth(1).unwrap_or_default());
    for (_, word) in Writable::ALL {
        assert!(written.contains(&vec![word.to_owned()]), "no row for {word} under \"What is written\"");
    }
}
