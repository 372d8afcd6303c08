//! The binary as people and scripts run it.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn tessera(arguments: &[&str], input: &[u8]) -> (i32, Vec<Value>, String) {
    let run = Command::cargo_bin("tessera").expect("built").args(arguments).write_stdin(input).output().expect("runs");
    let stdout = String::from_utf8(run.stdout).expect("UTF-8");
    let json = stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let text = stdout + &String::from_utf8_lossy(&run.stderr);
    (run.status.code().expect("ended by itself"), json, text)
}

fn valid(lines: &[Value]) {
    let schema: Value = serde_json::from_str(include_str!("../schema.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for line in lines {
        let errors: Vec<String> = schema.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}\n{errors:?}");
    }
}

fn drawn(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    let (status, _, said) = tessera(&["draw", text, "-o", path.to_str().expect("UTF-8")], b"");
    assert_eq!(status, 0, "{said}");
    path
}

#[test]
fn what_draw_saves_scan_finds_and_the_line_obeys_the_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = drawn(folder.path(), "code.png", "https://pay.example/@ana/25.00-USD");
    let (status, lines, _) = tessera(&["scan", "--json", code.to_str().expect("UTF-8")], b"");
    assert_eq!(status, 0);
    valid(&lines);
    assert_eq!(lines[0]["codes"][0]["text"], "https://pay.example/@ana/25.00-USD");
    assert_eq!(lines[0]["codes"][0]["symbology"], "qr");
    assert_eq!(lines[0]["problem"], Value::Null);
    let svg = drawn(folder.path(), "code.svg", "tea");
    assert!(std::fs::read_to_string(svg).expect("saved").starts_with("<svg "));
}

#[test]
fn every_file_gets_a_line_and_the_status_says_the_worst() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = drawn(folder.path(), "good.png", "tea");
    let blank = folder.path().join("blank.png");
    image::GrayImage::from_pixel(80, 80, image::Luma([255])).save(&blank).expect("saved");
    let cut = folder.path().join("cut.png");
    std::fs::write(&cut, &std::fs::read(&good).expect("saved")[..90]).expect("saved");
    let other = folder.path().join("other.txt");
    std::fs::write(&other, "not a picture").expect("saved");
    let empty = folder.path().join("empty.png");
    std::fs::write(&empty, "").expect("saved");
    let name = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let (good, blank, cut) = (name(&good), name(&blank), name(&cut));
    let missing = name(&folder.path().join("missing.png"));

    let (status, lines, _) = tessera(&["scan", "--json", &blank], b"");
    assert_eq!((status, lines.len()), (1, 1), "nothing found");
    let (status, lines, _) = tessera(&["scan", "--json", &blank, &good], b"");
    assert_eq!((status, lines.len()), (0, 2), "something found");
    let all = ["scan", "--json", &good, &cut, &name(&other), &name(&empty), &missing, &blank];
    let (status, lines, _) = tessera(&all, b"");
    assert_eq!((status, lines.len()), (2, 6));
    valid(&lines);
    let codes: Vec<&Value> = lines.iter().map(|line| &line["problem"]["code"]).collect();
    assert_eq!(
        codes,
        [&Value::Null, &"damaged".into(), &"unknown_format".into(), &"empty".into(), &"not_found".into(), &Value::Null]
    );
}

#[test]
fn every_payload_gets_a_line_that_obeys_the_schema() {
    let input = "https://pay.example/@ana/25.00-USD\n\nupi://pay?pa=a@b&am=1e3\nWIFI:T:WPA;S:x;P:hunter22;;\r\nhello\nbitcoin:1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH?amount=.5\nSPD*1.0*\n000201";
    let (status, lines, said) = tessera(&["read", "--json"], input.as_bytes());
    assert_eq!((status, lines.len()), (0, 8));
    valid(&lines);
    let schemes: Vec<&str> = lines.iter().filter_map(|line| line["scheme"].as_str()).collect();
    assert_eq!(schemes, ["tessera", "nonpay", "upi", "nonpay", "nonpay", "bip21", "spayd", "emv"]);
    assert_eq!((&lines[0]["amount"], &lines[0]["currency"]), (&"25.00".into(), &"USD".into()));
    assert_eq!((&lines[2]["valid"], &lines[2]["problem"]["code"]), (&false.into(), &"amount".into()));
    assert!(!said.contains("hunter22"), "secrets stay out of the output");
}

#[test]
fn base64_carries_payloads_of_several_lines_and_other_character_sets() {
    // An EPC code in Latin-1, then something that is not base64.
    let input = b"QkNECjAwMgoyClNDVAoKTfxsbGVyCkRFMDIxMjAzMDAwMDAwMDAyMDIwNTEKRVVSMQ==\nnot base64!\n";
    let (status, lines, _) = tessera(&["read", "--json", "--b64"], input);
    assert_eq!((status, lines.len()), (0, 2));
    valid(&lines);
    assert_eq!((&lines[0]["scheme"], &lines[0]["payee"]["name"]), (&"epc".into(), &"Müller".into()));
    assert_eq!(lines[1]["problem"]["code"], "base64");
}

#[test]
fn a_swiss_bill_is_written_as_text_as_a_code_and_as_paper() {
    let folder = tempfile::tempdir().expect("folder");
    let asked = ["write", "swiss-qr-bill", "--account", "CH93 0076 2011 6238 5295 7", "--name", "Ana Muster"];
    let bill = [&asked[..], &["--address", "Seestrasse;12;9400;Rorschach;CH", "--amount", "12.50"]].concat();
    let (status, _, text) = tessera(&bill, b"");
    assert!(status == 0 && text.starts_with("SPC\n0200\n1\nCH9300762011623852957\n"), "{text}");
    let code = folder.path().join("bill.svg");
    assert_eq!(tessera(&[&bill[..], &["-o", code.to_str().expect("UTF-8")]].concat(), b"").0, 0);
    let (_, lines, _) = tessera(&["read", "--json", text.trim_end()], b"");
    assert_eq!((lines[0]["scheme"].as_str(), lines[0]["valid"].as_bool()), (Some("swiss-qr-bill"), Some(true)));
    let paper = folder.path().join("bill.pdf");
    let printed = [&bill[..], &["--language", "de", "-o", paper.to_str().expect("UTF-8")]].concat();
    assert_eq!(tessera(&printed, b"").0, 0);
    assert!(std::fs::read(&paper).expect("saved").starts_with(b"%PDF"));
    let (status, _, said) = tessera(&asked, b"");
    assert!(status == 2 && said.contains("creditor"), "{said}");
}

#[test]
fn what_write_says_read_and_scan_understand() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = folder.path().join("epc.png");
    let asked = ["--account", "DE33100205000001194700", "--name", "Caf\u{e9}", "--amount", "12.50", "--memo", "Tea"];
    let arguments = [&["write", "epc", "-o", code.to_str().expect("UTF-8")], &asked[..]].concat();
    let (status, _, said) = tessera(&arguments, b"");
    assert_eq!(status, 0, "{said}");
    let (_, lines, _) = tessera(&["scan", "--json", code.to_str().expect("UTF-8")], b"");
    let text = lines[0]["codes"][0]["text"].as_str().expect("a text");
    let (_, lines, _) = tessera(&["read", "--json", text], b"");
    assert_eq!((lines[0]["scheme"].as_str(), lines[0]["valid"].as_bool()), (Some("epc"), Some(true)));
    assert_eq!((lines[0]["amount"].as_str(), lines[0]["payee"]["name"].as_str()), (Some("12.50"), Some("Caf\u{e9}")));
    let (status, _, said) = tessera(&["write", "upi", "--account", "nobank", "--name", "A"], b"");
    assert!(status == 2 && said.contains("pa: account"), "{said}");
}

#[test]
fn people_get_sentences_with_one_thing_to_do() {
    let (_, _, said) = tessera(&["read", "https://pay.example/@ana/25.00-USD"], b"");
    assert!(said.contains("You pay") && said.contains("@ana") && said.contains("25.00 USD"), "{said}");
    let (status, _, said) = tessera(&["draw", "x", "-o", "code.gif"], b"");
    assert_eq!((status, said.trim()), (2, "tessera: The output name must end in .svg or .png."));
    let (status, _, said) = tessera(&["scan", "/no/such/file.png"], b"");
    assert!(status == 2 && said.contains("There is no such file. Check the name."), "{said}");
    let (_, _, said) = tessera(&["read", "evil\u{202e}\u{1b}[31mtext"], b"");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'));
}

#[test]
fn other_kinds_of_code_are_found_when_they_are_asked_for() {
    let slip = concat!(env!("CARGO_MANIFEST_DIR"), "/../qr/tests/kinds/pdf417.jpg");
    let (status, lines, _) = tessera(&["scan", "--json", slip], b"");
    assert_eq!((status, &lines[0]["codes"]), (1, &serde_json::json!([])));
    let (status, lines, _) = tessera(&["scan", "--json", "--all-kinds", slip], b"");
    assert_eq!(status, 0);
    valid(&lines);
    assert_eq!(lines[0]["codes"][0]["symbology"], "pdf417");
    assert!(lines[0]["codes"][0]["text"].as_str().is_some_and(|text| text.starts_with("HRVHUB30\n")));
}
