//! What a misspelt word was meant to be: the nearest word of a name, a handle or a note in the book.

use std::collections::BTreeSet;

use ledger::{Tx, args};

use super::listed::trigrams_of;
use super::rows::folded;
use crate::WalletError;

/// Shorter words are near too much.
const SHORTEST: usize = 4;
/// People looked through, those paid most first.
const PEOPLE: u32 = 20_000;
/// Payments looked through that share three letters with the word, newest first.
const PAYMENTS: u32 = 2_000;

/// The text with every word that nothing holds replaced by the nearest that something does; nothing when one has none.
pub(super) async fn words(tx: &mut Tx, text: &str) -> Result<Option<String>, WalletError> {
    let text = folded(text);
    if text.chars().count() < SHORTEST {
        return Ok(None);
    }
    let mut changed = false;
    let mut meant = Vec::new();
    for typed in text.split_whitespace() {
        if is_held(tx, typed).await? {
            meant.push(typed.to_owned());
            continue;
        }
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < SHORTEST {
            return Ok(None);
        }
        let known = known_words(tx, typed).await?;
        let Some(found) = nearest(&letters, &known) else { return Ok(None) };
        meant.push(found.to_owned());
        changed = true;
    }
    Ok(changed.then(|| meant.join(" ")))
}

async fn is_held(tx: &mut Tx, word: &str) -> Result<bool, WalletError> {
    let row = match trigrams_of(&[word]) {
        Some(trigrams) => {
            let sql = "SELECT 1 FROM wallet_listed WHERE number IN
                (SELECT rowid FROM wallet_trigram WHERE wallet_trigram MATCH $1) AND instr(search, $2) > 0 LIMIT 1";
            tx.row(sql, args![trigrams, word]).await?
        }
        None => tx.row("SELECT 1 FROM wallet_listed WHERE instr(search, $1) > 0 LIMIT 1", args![word]).await?,
    };
    Ok(row.is_some())
}

/// Words of everybody known, and of payments that share three letters with `typed`.
async fn known_words(tx: &mut Tx, typed: &str) -> Result<BTreeSet<String>, WalletError> {
    let mut texts = Vec::new();
    let sql = "SELECT handle, body ->> 'display_name' FROM wallet_person ORDER BY paid DESC LIMIT $1";
    for row in tx.rows(sql, args![PEOPLE]).await? {
        texts.push(row.text(0)?);
        texts.push(folded(&row.text(1)?));
    }
    if let Some(trigrams) = trigrams_of(&[typed]) {
        let any = trigrams.trim_end().replace("\" \"", "\" OR \"");
        let sql = "SELECT search FROM wallet_listed WHERE number IN (SELECT rowid FROM wallet_trigram
            WHERE wallet_trigram MATCH $1 ORDER BY rowid DESC LIMIT $2)";
        for row in tx.rows(sql, args![any, PAYMENTS]).await? {
            texts.push(row.text(0)?);
        }
    }
    let split = |text: &String| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    Ok(texts.iter().flat_map(split).collect())
}

/// The known word the fewest slips away; a whole word before the beginning of one. Nothing when all are too far.
fn nearest<'a>(typed: &[char], known: &'a BTreeSet<String>) -> Option<&'a str> {
    let allowed = if typed.len() < 8 { 1 } else { 2 };
    let judged = known.iter().filter_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        let whole = slips(typed, &letters);
        if whole <= allowed {
            return Some((whole, false, word));
        }
        // Still being typed: as near as its nearest beginning of about that length.
        let longest = (typed.len() + 1).min(letters.len());
        let begun =
            (typed.len() - 1..=longest).map(|end| slips(typed, letters.get(..end).unwrap_or(&letters))).min()?;
        (begun <= allowed && letters.len() > typed.len()).then_some((begun, true, word))
    });
    judged.min().map(|(_, _, word)| word.as_str())
}

/// How many letters are wrong, missing, too many or exchanged with their neighbour.
fn slips(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let wrong = last.get(j).copied().unwrap_or(0) + usize::from(x != y);
            let missing = last.get(j + 1).copied().unwrap_or(0) + 1;
            let spare = row.get(j).copied().unwrap_or(0) + 1;
            let mut least = wrong.min(missing).min(spare);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                least = least.min(before.get(j - 1).copied().unwrap_or(0) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(typed: &str, known: &[&str]) -> Option<String> {
        let known = known.iter().map(|word| folded(word)).collect();
        nearest(&folded(typed).chars().collect::<Vec<_>>(), &known).map(str::to_owned)
    }

    #[test]
    fn one_slip_in_a_name_is_forgiven() {
        assert_eq!(meant("webr", &["Weber", "Harbor"]).as_deref(), Some("weber"));
        assert_eq!(meant("jnoas", &["Jonas", "Amara"]).as_deref(), Some("jonas"));
        assert_eq!(meant("Nuñes", &["Núñez", "Reyes"]).as_deref(), Some("nunez"));
        assert_eq!(meant("francoise", &["François", "Françoise"]).as_deref(), Some("francoise"));
        assert_eq!(meant("Lefevbre", &["Lefèvre", "Lambert"]).as_deref(), Some("lefevre"));
        assert_eq!(meant("Guttierez", &["Gutiérrez", "Ortega"]).as_deref(), Some("gutierrez"));
    }

    #[test]
    fn another_name_is_not_a_slip() {
        assert_eq!(meant("anna", &["Otto", "Petra"]), None);
        assert_eq!(meant("weber", &["Huber", "Meyer"]), None);
    }

    #[test]
    fn a_name_still_being_typed_is_near_its_beginning() {
        assert_eq!(meant("achtrb", &["Achterberg"]).as_deref(), Some("achterberg"));
    }

    #[test]
    fn a_whole_word_comes_before_the_beginning_of_one() {
        assert_eq!(meant("tomsa", &["Tomasina", "Tomas"]).as_deref(), Some("tomas"));
    }
}
