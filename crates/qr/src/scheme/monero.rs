//! `monero:` URIs (Monero's "URI formatting" document) with the address's own checksum.

use pay::Direction;
use sha3::{Digest, Keccak256};

use super::base58::decode_blocks;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, after, must, percent_decode};

/// An address's network byte, network and whether a payment id is inside.
const NETWORKS: &[(u8, &str, bool)] = &[
    (18, "monero", false),
    (19, "monero", true),
    (42, "monero", false),
    (53, "monero-testnet", false),
    (54, "monero-testnet", true),
    (63, "monero-testnet", false),
    (24, "monero-stagenet", false),
    (25, "monero-stagenet", true),
    (36, "monero-stagenet", false),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = after(text.trim(), "monero:")?;
    let mut reading = Reading::new(Scheme::MoneroUri, Direction::Pay);
    reading.set_network("monero");
    reading.currency = Some("XMR".to_owned());
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let (address, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let slashes = address.starts_with("//");
    let address = address.trim_start_matches('/');
    reading.set_account(address);
    let (network, integrated) = check_address(address)?;
    reading.set_network(network);
    if network != "monero" {
        reading.warn(Warning::TestMode);
    }
    parameters(fields, integrated, reading)?;
    if slashes {
        reading.warn(Warning::NonStandard);
    }
    must(!slashes, ProblemCode::Syntax, "form")
}

/// Network byte, keys (and eight bytes of payment id), and the first four bytes of their Keccak.
fn check_address(address: &str) -> Result<(&'static str, bool), Problem> {
    let bad = Problem::new(ProblemCode::Account, "address");
    must(!address.is_empty(), ProblemCode::Missing, "address")?;
    let bytes = decode_blocks(address).ok_or(bad)?;
    let (body, sum) = bytes.split_last_chunk::<4>().ok_or(bad)?;
    must(Keccak256::digest(body)[..4] == *sum, ProblemCode::Checksum, "address")?;
    let (_, network, integrated) = NETWORKS.iter().find(|(byte, ..)| body.first() == Some(byte)).ok_or(bad)?;
    let length = if *integrated { 73 } else { 65 };
    if body.len() == length { Ok((network, *integrated)) } else { Err(bad) }
}

fn parameters(fields: &str, integrated: bool, reading: &mut Reading) -> Result<(), Problem> {
    let mut seen: Vec<&str> = Vec::new();
    for field in fields.split('&').filter(|field| !field.is_empty()) {
        let (key, raw) = field.split_once('=').ok_or(Problem::new(ProblemCode::Syntax, "parameter"))?;
        must(!seen.contains(&key), ProblemCode::Contradiction, "parameter")?;
        seen.push(key);
        // Wallets print texts with stray percent signs.
        let value = percent_decode(raw, false).unwrap_or_else(|| raw.to_owned());
        match key {
            "tx_amount" => {
                let rule = AmountRule { field: "tx_amount", decimals: 12, digits: 8, zero: true };
                reading.set_decimal(&value, rule)?;
            }
            "tx_payment_id" => {
                must(!integrated, ProblemCode::Contradiction, "tx_payment_id")?;
                let hex = value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
                must(hex, ProblemCode::Reference, "tx_payment_id")?;
                reading.set_reference(&value);
            }
            "recipient_name" => reading.set_name(&value),
            "tx_description" => reading.set_memo(&value),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    /// The Monero project's donation address.
    const ADDRESS: &str =
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A";

    #[test]
    fn an_address_with_its_wishes_reads() {
        let id = "ab".repeat(32);
        let uri =
            format!("monero:{ADDRESS}?tx_amount=0.5&recipient_name=Ana%20B&tx_description=Tea&tx_payment_id={id}&x=1");
        let reading = recognise_text(&uri);
        assert_eq!((reading.scheme, reading.problem), (Scheme::MoneroUri, None));
        assert_eq!(reading.intent.network.as_deref(), Some("monero"));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("Ana B"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("0.5"));
        assert_eq!(reading.intent.reference, Some(id));
    }

    #[test]
    fn a_changed_address_or_a_trick_is_refused() {
        for at in [1, 20, 60, 94] {
            let mut changed = ADDRESS.to_owned();
            changed.replace_range(at..=at, if &ADDRESS[at..=at] == "z" { "y" } else { "z" });
            assert!(!recognise_text(&format!("monero:{changed}")).valid(), "{at}");
        }
        for (query, code) in [
            ("tx_amount=1&tx_amount=1", ProblemCode::Contradiction),
            ("tx_amount=", ProblemCode::Amount),
            ("tx_amount=1e3", ProblemCode::Amount),
            ("amount", ProblemCode::Syntax),
            ("tx_payment_id=12", ProblemCode::Reference),
        ] {
            let reading = recognise_text(&format!("monero:{ADDRESS}?{query}"));
            assert_eq!(reading.problem.map(|p| p.code), Some(code), "{query}");
        }
        assert_eq!(recognise_text("monero:").problem.map(|p| p.code), Some(ProblemCode::Missing));
    }
}
