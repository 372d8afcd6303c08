//! Reading an archive: everything it says about itself is looked at before anything counts.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::chain;
use pay::Money;
use protocol::body::Payment;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::line::{About, EntryLine, HeadLine, Line, Manifest, SECTIONS, Section};
use super::seal::{Unsealing, With};
use crate::WalletError;
use crate::view::Direction;

/// Longest line, bytes: far more than any row of a book. Nothing in an archive is compressed, so nothing in it can be
/// larger than the file.
const LONGEST: usize = 4 << 20;

/// What an archive that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) about: About,
    pub(crate) payments: u64,
    pub(crate) bills: u64,
}

/// Reads the file to its end and gives each line to `each`, before it is known whether the whole holds: keep nothing
/// until this returns. Blocks. [`WalletError::NotAnArchive`], [`WalletError::ArchiveNewer`],
/// [`WalletError::WrongPassphrase`], [`WalletError::ArchiveCut`], [`WalletError::ArchiveChanged`],
/// [`WalletError::ArchiveContradicts`], [`WalletError::Stopped`].
pub(crate) fn walk(
    path: &Path,
    passphrase: &str,
    stop: &AtomicBool,
    each: impl FnMut(Line) -> Result<(), WalletError>,
) -> Result<Facts, WalletError> {
    walk_with(BufReader::new(File::open(path)?), With::Passphrase(passphrase), stop, each)
}

pub(super) fn walk_with(
    input: impl Read,
    with: With<'_>,
    stop: &AtomicBool,
    mut each: impl FnMut(Line) -> Result<(), WalletError>,
) -> Result<Facts, WalletError> {
    let mut lines = Lines { chunks: Unsealing::begin(input, with)?, text: Zeroizing::default(), at: 0 };
    let mut seen = Seen::default();
    while let Some(text) = lines.next()? {
        if stop.load(Ordering::Relaxed) {
            return Err(WalletError::Stopped);
        }
        let line: Line = serde_json::from_slice(&text).map_err(|_| WalletError::ArchiveContradicts)?;
        seen.take(&line, &text)?;
        each(line)?;
    }
    seen.facts()
}

/// Lines out of chunks.
struct Lines<R> {
    chunks: Unsealing<R>,
    text: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<R: Read> Lines<R> {
    /// The next line without its end; nothing after the last.
    fn next(&mut self) -> Result<Option<Vec<u8>>, WalletError> {
        let mut line = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                line.extend_from_slice(&rest[..end]);
                self.at += end + 1;
                return if line.len() > LONGEST { Err(WalletError::ArchiveContradicts) } else { Ok(Some(line)) };
            }
            line.extend_from_slice(rest);
            if line.len() > LONGEST {
                return Err(WalletError::ArchiveContradicts);
            }
            match self.chunks.next()? {
                Some(text) => (self.text, self.at) = (text, 0),
                None if line.is_empty() => return Ok(None),
                None => return Err(WalletError::ArchiveContradicts),
            }
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Seen {
    about: Option<About>,
    counts: [(u64, Sha256); SECTIONS.len()],
    section: usize,
    chain: Option<Chain>,
    last_account: Option<Uuid>,
    over: bool,
}

struct Chain {
    account: Uuid,
    sequence: i64,
    hash: [u8; 32],
}

impl Seen {
    fn take(&mut self, line: &Line, text: &[u8]) -> Result<(), WalletError> {
        let wrong = WalletError::ArchiveContradicts;
        if self.over {
            return Err(wrong);
        }
        match line.section() {
            Some(section) => {
                // Sections keep their order, and the first line is whose book this is, once.
                if section < self.section || (section == 0) != self.about.is_none() {
                    return Err(wrong);
                }
                self.section = section;
                let (lines, hash) = &mut self.counts[section];
                *lines += 1;
                hash.update(text);
                hash.update(b"\n");
            }
            None => self.over = true,
        }
        match line {
            Line::About(about) => self.about = Some((**about).clone()),
            Line::Payment(line) => self.check_payment(&line.payment, line.direction)?,
            Line::Entry(entry) => self.follow(entry)?,
            Line::Head(head) => self.close(head)?,
            Line::Manifest(manifest) => self.compare(manifest)?,
            Line::Person(_) | Line::Request(_) | Line::Bill(_) => {}
        }
        Ok(())
    }

    /// An amount is money, and one of the two sides is the owner.
    fn check_payment(&self, payment: &Payment, direction: Direction) -> Result<(), WalletError> {
        let wrong = |_| WalletError::ArchiveContradicts;
        Money::try_from(&payment.amount).map_err(wrong)?;
        payment.fee.as_ref().map(Money::try_from).transpose().map_err(wrong)?;
        let me = self.about.as_ref().map(|about| about.me.person.id);
        let own = match direction {
            Direction::In => payment.payee.id,
            Direction::Out => payment.payer.id,
        };
        if Some(own) == me { Ok(()) } else { Err(WalletError::ArchiveContradicts) }
    }

    fn follow(&mut self, entry: &EntryLine) -> Result<(), WalletError> {
        let wrong = WalletError::ArchiveContradicts;
        let new = Chain { account: entry.account, sequence: 0, hash: chain::GENESIS };
        let before = self.chain.take().unwrap_or(new);
        let hash = chain::hash(&before.hash, entry.account, entry.sequence, entry.at_ms, &entry.text);
        // Accounts come in the order of their ids, each whole, so none can come twice.
        let follows = before.account == entry.account
            && self.last_account.is_none_or(|last| last < entry.account)
            && before.sequence.checked_add(1) == Some(entry.sequence)
            && entry.previous_hash == hex::encode(before.hash)
            && entry.hash == hex::encode(hash);
        self.chain = Some(Chain { account: entry.account, sequence: entry.sequence, hash });
        if follows { Ok(()) } else { Err(wrong) }
    }

    fn close(&mut self, head: &HeadLine) -> Result<(), WalletError> {
        let chain = self.chain.take().ok_or(WalletError::ArchiveContradicts)?;
        self.last_account = Some(chain.account);
        let same =
            chain.account == head.account && chain.sequence == head.sequence && hex::encode(chain.hash) == head.hash;
        if same { Ok(()) } else { Err(WalletError::ArchiveContradicts) }
    }

    fn compare(&self, manifest: &Manifest) -> Result<(), WalletError> {
        let same = self.chain.is_none() && *manifest == manifest_of(&self.counts);
        if same { Ok(()) } else { Err(WalletError::ArchiveContradicts) }
    }

    fn facts(self) -> Result<Facts, WalletError> {
        match (self.about, self.over) {
            (Some(about), true) => Ok(Facts { about, payments: self.counts[2].0, bills: self.counts[4].0 }),
            _ => Err(WalletError::ArchiveContradicts),
        }
    }
}

/// The manifest of what was counted and hashed.
pub(super) fn manifest_of(counts: &[(u64, Sha256); SECTIONS.len()]) -> Manifest {
    let section = |(name, (lines, hash)): (&&str, &(u64, Sha256))| Section {
        name: (*name).to_owned(),
        lines: *lines,
        sha256: hex::encode(hash.clone().finalize()),
    };
    Manifest { sections: SECTIONS.iter().zip(counts).map(section).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::line::SECTIONS;
    use super::super::seal::{ArchiveKey, Sealing};
    use super::*;

    const ME: Uuid = Uuid::from_u128(1);

    fn person(id: Uuid, handle: &str) -> Value {
        json!({ "id": id, "handle": handle, "display_name": handle, "public_key": "k", "picture": null })
    }

    fn payment(id: u128, payer: Uuid, amount: &str) -> Value {
        json!({ "is": "payment", "direction": "in", "refused": null, "note": "mine", "steps": [], "order": null,
            "payment": { "id": Uuid::from_u128(id), "payer": person(payer, "ben"), "payee": person(ME, "ana"),
                "amount": { "value": amount, "currency": "USD" }, "fee": null, "source_id": null, "request_id": null,
                "note": "", "state": "succeeded", "outcome_unknown": false, "failure": null, "action_url": null,
                "verified_by": null, "created_at_ms": 1, "updated_at_ms": 1 } })
    }

    fn about() -> Value {
        json!({ "is": "about", "made_at_ms": 1, "server_url": "https://pay.example", "server_name": "Pay",
            "server_key": "k", "epoch": Uuid::nil(), "holder": "nobody", "mode": "sandbox", "feed_sequence": 0,
            "feed_hash": "", "me": { "person": person(ME, "ana"), "currency": "USD", "country": "US",
                "send_bars": [], "receive_bars": [] } })
    }

    /// Two links of an account's chain, and its end.
    fn chain_of(account: Uuid) -> Vec<Value> {
        let (mut lines, mut before) = (Vec::new(), chain::GENESIS);
        for sequence in 1..=2 {
            let hash = chain::hash(&before, account, sequence, 5, "a transfer");
            lines.push(json!({ "is": "entry", "account": account, "sequence": sequence, "at_ms": 5,
                "text": "a transfer", "previous_hash": hex::encode(before), "hash": hex::encode(hash) }));
            before = hash;
        }
        lines.push(json!({ "is": "head", "account": account, "sequence": 2, "hash": hex::encode(before) }));
        lines
    }

    fn honest() -> Vec<Value> {
        let mut lines = vec![about(), payment(7, Uuid::from_u128(2), "1.00"), payment(8, Uuid::from_u128(2), "2.50")];
        lines.extend(chain_of(Uuid::from_u128(3)));
        lines.extend(chain_of(Uuid::from_u128(4)));
        lines
    }

    fn manifest(lines: &[Value]) -> Value {
        let kinds: [&[&str]; 6] = [&["about"], &["person"], &["payment"], &["request"], &["bill"], &["entry", "head"]];
        let section = |(name, kinds): (&&str, &&[&str])| {
            let texts: Vec<String> = lines
                .iter()
                .filter(|line| kinds.iter().any(|kind| line["is"] == *kind))
                .map(|line| format!("{line}\n"))
                .collect();
            json!({ "name": name, "lines": texts.len(), "sha256": hex::encode(Sha256::digest(texts.concat())) })
        };
        json!({ "is": "manifest", "sections": SECTIONS.iter().zip(&kinds).map(section).collect::<Vec<_>>() })
    }

    fn seal(lines: &[Value]) -> (Vec<u8>, ArchiveKey) {
        let (mut sealing, key) = Sealing::under_any_key(Vec::new());
        for line in lines {
            sealing.add(format!("{line}\n").as_bytes()).expect("added");
        }
        (sealing.finish().expect("finished"), key)
    }

    fn walked(lines: &[Value]) -> Result<Facts, WalletError> {
        let (file, key) = seal(lines);
        walk_with(file.as_slice(), With::Key(&key), &AtomicBool::new(false), |_| Ok(()))
    }

    #[test]
    fn whoever_knows_the_passphrase_cannot_make_an_archive_say_what_does_not_fit() {
        let mut lines = honest();
        lines.push(manifest(&lines));
        let facts = walked(&lines).expect("an honest one holds");
        assert_eq!((facts.payments, facts.bills, facts.about.me.person.handle.as_str()), (2, 0, "ana"));

        let lie = |what: &str, change: &dyn Fn(&mut Vec<Value>), after: &dyn Fn(&mut Vec<Value>)| {
            let mut lines = honest();
            change(&mut lines);
            lines.push(manifest(&lines));
            after(&mut lines);
            assert_eq!(walked(&lines), Err(WalletError::ArchiveContradicts), "{what}");
        };
        let none: &dyn Fn(&mut Vec<Value>) = &|_| ();
        lie("a stranger's payment", &|l| l[1]["payment"]["payee"] = person(Uuid::from_u128(9), "eve"), none);
        lie("no money", &|l| l[1]["payment"]["amount"]["value"] = "-1.00".into(), none);
        lie("a link changed", &|l| l[3]["text"] = "another transfer".into(), none);
        lie("a link left out", &|l| drop(l.remove(3)), none);
        lie("the end of a chain cut", &|l| drop(l.remove(4)), none);
        lie("no end of a chain", &|l| drop(l.pop()), none);
        lie("an account twice", &|l| l.extend(chain_of(Uuid::from_u128(3))), none);
        lie("no owner", &|l| drop(l.remove(0)), none);
        lie("two owners", &|l| l.insert(1, about()), none);
        lie("out of order", &|l| l.push(payment(9, Uuid::from_u128(2), "1.00")), none);
        lie("a payment more than counted", none, &|l| l.insert(1, payment(9, Uuid::from_u128(2), "1.00")));
        lie("a payment changed after it was counted", none, &|l| l[1]["note"] = "yours".into());
        lie("a count that lies", none, &|l| l.last_mut().expect("one")["sections"][2]["lines"] = 3.into());
        lie("no manifest", none, &|l| drop(l.pop()));
        lie("more after the manifest", none, &|l| l.push(payment(9, Uuid::from_u128(2), "1.00")));
        lie("not a line", none, &|l| l.insert(1, json!({ "is": "something else" })));
        lie("a line without an end of sight", &|l| l[1]["note"] = "x".repeat(LONGEST + 1).into(), none);
    }

    #[test]
    fn reading_can_be_called_off() {
        let mut lines = honest();
        lines.push(manifest(&lines));
        let (file, key) = seal(&lines);
        let stop = AtomicBool::new(true);
        assert_eq!(walk_with(file.as_slice(), With::Key(&key), &stop, |_| Ok(())), Err(WalletError::Stopped));
    }
}
