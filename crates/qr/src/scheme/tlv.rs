//! Tag, length and value, two digits each for tag and length; lengths count characters (QRCPS-MPM 3.2).

use crate::payload::{Problem, ProblemCode};

/// Fields in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

const BROKEN: Problem = Problem::new(ProblemCode::Syntax, "tlv");

/// Splits a whole text; what is cut off or left over is refused.
pub(super) fn parse(text: &str) -> Result<Fields, Problem> {
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at_checked(4).ok_or(BROKEN)?;
        if !head.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BROKEN);
        }
        let length: usize = head[2..].parse().map_err(|_| BROKEN)?;
        let end = tail.char_indices().map(|(at, _)| at).chain([tail.len()]).nth(length).ok_or(BROKEN)?;
        fields.push((head[..2].to_owned(), tail[..end].to_owned()));
        rest = &tail[end..];
    }
    Ok(Fields(fields))
}

impl Fields {
    pub(super) fn get(&self, tag: &str) -> Option<&str> {
        self.0.iter().find(|(t, _)| t == tag).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, tag: &str) -> bool {
        self.get(tag).is_some()
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.0.last().map(|(tag, _)| tag.as_str())
    }

    pub(super) fn repeated(&self) -> bool {
        self.0.iter().enumerate().any(|(n, (tag, _))| self.0[..n].iter().any(|(other, _)| other == tag))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, value)| (tag.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_characters_and_every_cut_is_refused() {
        let fields = parse("0002015904最佳运输6300").expect("whole");
        assert_eq!((fields.get("59"), fields.get("63"), fields.last()), (Some("最佳运输"), Some(""), Some("63")));
        for cut in ["0", "00", "0002", "00020", "0003ab", "0a02xx", "59+1x", "é002"] {
            assert!(parse(cut).is_err(), "{cut}");
        }
    }
}
