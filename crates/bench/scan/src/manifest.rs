//! Which pictures there are, and what is right.

use std::path::Path;

use encoding_rs::{GB18030, SHIFT_JIS, WINDOWS_1252};
use serde_json::Value;

/// One picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its file, below the folder.
    pub file: String,
    /// What it shows.
    pub category: String,
    /// Made by a program, not by a camera.
    pub synthetic: bool,
    /// What is right.
    pub truth: Truth,
}

/// What the codes of a picture say.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// Nobody knows: not scored.
    Unknown,
    /// One of these.
    AnyOf(Vec<Vec<u8>>),
    /// Each of these; none for a picture without a code. The inner list has one text in several encodings.
    Each(Vec<Vec<Vec<u8>>>),
}

/// Reads `manifest.jsonl` of a folder.
pub fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    let path = folder.join("manifest.jsonl");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(entry).collect()
}

fn entry(line: &str) -> Result<Entry, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("manifest: {error}"))?;
    let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Ok(Entry {
        file: word("file"),
        category: word("category"),
        synthetic: word("source").starts_with("synthetic"),
        truth: truth(&value)?,
    })
}

fn truth(value: &Value) -> Result<Truth, String> {
    let all = |key: &str| -> Result<Option<Vec<Vec<Vec<u8>>>>, String> {
        value[key].as_array().map(|all| all.iter().map(one).collect()).transpose()
    };
    Ok(if value["text"].is_string() || value["hex"].is_string() {
        Truth::AnyOf(one(value)?)
    } else if let Some(any) = all("any_of")? {
        Truth::AnyOf(any.concat())
    } else if let Some(each) = all("texts")? {
        Truth::Each(each)
    } else {
        Truth::Unknown
    })
}

/// The spellings of one code: a bare string, or an object with its `text` or `hex`.
fn one(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    if let Some(text) = value.as_str().or_else(|| value["text"].as_str()) {
        return Ok(spellings(text));
    }
    let digits = value["hex"].as_str().ok_or("manifest: neither text nor hex")?;
    let bytes = hex::decode(digits).map_err(|error| format!("manifest: {error}"))?;
    // The same characters may come back as text, which is UTF-8.
    let mut any = spellings(&String::from_utf8_lossy(&bytes));
    any.push(bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes());
    any.push(bytes);
    Ok(any)
}

/// The bytes a text may have been written in.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec()];
    let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    all.extend(latin);
    for encoding in [WINDOWS_1252, SHIFT_JIS, GB18030] {
        let (bytes, _, lossy) = encoding.encode(text);
        if !lossy {
            all.push(bytes.into_owned());
        }
    }
    all.dedup();
    all
}

impl Truth {
    /// The share that was read, and how many reads match nothing. Nothing for a picture nobody knows and for one
    /// without a code, whose reads are all counted apart.
    pub fn judge(&self, read: &[Vec<u8>]) -> Option<(f64, usize)> {
        match self {
            Truth::Unknown => None,
            Truth::Each(each) if each.is_empty() => None,
            Truth::AnyOf(any) => {
                let wrong = read.iter().filter(|bytes| !any.contains(bytes)).count();
                Some((if read.iter().any(|bytes| any.contains(bytes)) { 1.0 } else { 0.0 }, wrong))
            }
            Truth::Each(each) => {
                let known = |bytes: &Vec<u8>| each.iter().any(|spellings| spellings.contains(bytes));
                let got = each.iter().filter(|spellings| spellings.iter().any(|bytes| read.contains(bytes))).count();
                Some((got as f64 / each.len() as f64, read.iter().filter(|bytes| !known(bytes)).count()))
            }
        }
    }

    /// Whether there is certainly no code.
    pub fn is_none(&self) -> bool {
        *self == Truth::Each(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth_of(line: &str) -> Truth {
        entry(line).expect("a line").truth
    }

    #[test]
    fn a_read_is_right_in_any_of_the_encodings_a_text_was_written_in() {
        let truth = truth_of(r#"{"file":"a.png","text":"Café"}"#);
        assert_eq!(truth.judge(&["Café".into()]), Some((1.0, 0)));
        assert_eq!(truth.judge(&[b"Caf\xe9".to_vec()]), Some((1.0, 0)));
        assert_eq!(truth.judge(&["Cafe".into()]), Some((0.0, 1)), "wrong");
        assert_eq!(truth.judge(&[]), Some((0.0, 0)));
    }

    #[test]
    fn one_of_several_codes_is_enough_where_any_is_right_however_it_is_written_down() {
        let objects = truth_of(r#"{"file":"a.png","any_of":[{"text":"one"},{"hex":"00ff"}]}"#);
        assert_eq!(objects.judge(&["one".into(), vec![0, 255]]), Some((1.0, 0)));
        assert_eq!(objects.judge(&["two".into()]), Some((0.0, 1)));
        assert_eq!(truth_of(r#"{"file":"a.png","any_of":["one","two"]}"#).judge(&["two".into()]), Some((1.0, 0)));
        assert!(entry(r#"{"file":"a.png","any_of":[7]}"#).is_err(), "never taken for a list without a text");
    }

    #[test]
    fn several_codes_count_for_their_share_and_none_is_not_scored() {
        let several = truth_of(r#"{"file":"a.png","texts":["one","two"]}"#);
        assert_eq!(several.judge(&["two".into(), "three".into()]), Some((0.5, 1)));
        let none = truth_of(r#"{"file":"a.png","texts":[]}"#);
        assert!(none.is_none() && none.judge(&["x".into()]).is_none());
        assert_eq!(truth_of(r#"{"file":"a.png","truth":"unknown"}"#).judge(&["x".into()]), None);
        assert_eq!(truth_of(r#"{"file":"a.png","hex":"00ff"}"#).judge(&[vec![0, 255]]), Some((1.0, 0)));
    }
}
