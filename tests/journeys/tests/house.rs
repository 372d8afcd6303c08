//! The rules of the house, as tests: which part may know which, what may not be written, how large a room may grow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("two folders up is the project").to_path_buf()
}

/// Package → names of its normal dependencies, as cargo sees them.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().expect("dependencies");
            let normal = all.iter().filter(|d| d["kind"].is_null()).map(|d| text(&d["name"])).collect();
            (text(&package["name"]), normal)
        })
        .collect()
}

/// Tracked files whose path ends in one of `endings`.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists files");
    let names = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let wanted = |name: &&str| endings.iter().any(|ending| name.ends_with(ending));
    names.lines().filter(wanted).map(|name| root().join(name)).filter(|path| path.is_file()).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn no_part_knows_what_it_must_not() {
    let never: &[(&str, &[&str])] = &[
        ("pay", &["serde", "tokio", "sqlx", "rand", "time", "axum", "reqwest", "protocol", "ledger", "qr", "wallet"]),
        ("qr", &["tokio", "reqwest", "sqlx", "camera", "axum", "tauri", "wallet", "server", "ledger", "protocol"]),
        ("print", &["tokio", "image", "serde", "tauri", "wallet", "server", "ledger", "protocol", "camera"]),
        ("camera", &["tauri", "qr", "wallet", "server", "ledger"]),
        ("ledger", &["qr", "protocol", "axum", "reqwest", "http", "wallet", "server"]),
        ("protocol", &["sqlx", "axum", "reqwest", "ledger", "tokio"]),
        ("wallet", &["tauri", "nokhwa", "camera", "axum", "server", "town"]),
        ("town", &["server", "ledger", "sqlx", "axum", "tauri"]),
        ("server", &["wallet", "tauri", "camera", "nokhwa", "town", "reqwest"]),
        ("cli", &["tokio", "reqwest", "sqlx", "tauri", "camera"]),
        ("tessera-app", &["sqlx", "reqwest", "axum", "ledger", "nokhwa"]),
    ];
    let known = dependencies();
    for (part, forbidden) in never {
        let has = known.get(*part).unwrap_or_else(|| panic!("{part} is a member"));
        for name in *forbidden {
            assert!(!has.iter().any(|d| d == name), "{part} must not depend on {name}");
        }
    }
}

#[test]
fn only_practice_knows_the_server_and_the_town() {
    for path in files(&[".rs"]) {
        let name = short(&path);
        if name.starts_with("src-tauri/src") && !name.ends_with("practice.rs") {
            let text = read(&path);
            assert!(!text.contains("server::") && !text.contains("town::"), "{name} reaches past practice.rs");
        }
    }
}

#[test]
fn screens_reach_the_core_only_through_ipc() {
    for path in files(&[".svelte", ".ts"]) {
        let (name, text) = (short(&path), read(&path));
        if !name.starts_with("ui/src/") {
            continue;
        }
        let is_ipc = name.starts_with("ui/src/lib/ipc/");
        assert!(is_ipc || !text.contains("@tauri-apps/"), "{name} imports tauri");
        assert!(is_ipc || !text.contains("ipc/bindings"), "{name} imports the generated bindings");
        if name.starts_with("ui/src/lib/components/") || name.starts_with("ui/src/lib/ui/") {
            let reaches =
                text.contains("$lib/state") || text.contains("from '$lib/ipc'") || text.contains("from \"$lib/ipc\"");
            let types_only = text.lines().filter(|l| l.contains("$lib/ipc")).all(|l| l.contains("import type"));
            assert!(
                !text.contains("$lib/state") && (!reaches || types_only),
                "{name} is a component and must not reach state or the core"
            );
        }
    }
}

#[test]
fn nothing_is_skipped_left_undone_or_silenced() {
    let words = [
        concat!("#[ign", "ore"),
        concat!("tod", "o!("),
        concat!("unimple", "mented!("),
        concat!("db", "g!("),
        concat!("#[all", "ow("),
        concat!("#![all", "ow("),
    ];
    for path in files(&[".rs"]) {
        let (name, text) = (short(&path), read(&path));
        for word in words {
            assert!(!text.contains(word), "{name} contains {word}");
        }
    }
    for path in files(&[".ts", ".svelte"]) {
        let (name, text) = (short(&path), read(&path));
        if name.ends_with("ipc/bindings.ts") {
            continue; // generated
        }
        for word in [concat!("@ts-", "ignore"), concat!(".ski", "p("), concat!(".onl", "y("), concat!("as a", "ny")] {
            assert!(!text.contains(word), "{name} contains {word}");
        }
    }
}

#[test]
fn money_is_never_a_float() {
    for path in files(&[".rs"]) {
        let name = short(&path);
        let money_lives_here =
            ["crates/pay/src", "crates/ledger/src", "crates/protocol/src", "crates/server/src", "crates/wallet/src"];
        if money_lives_here.iter().any(|folder| name.starts_with(folder)) {
            let code: String = read(&path).lines().filter(|l| !l.trim_start().starts_with("//")).collect();
            let drawing =
                name.contains("scan") || name.contains("found") || name.contains("view") || name.contains("code");
            assert!(drawing || !(code.contains("f64") || code.contains("f32")), "{name} uses a float");
        }
    }
}

#[test]
fn tls_verification_is_never_off() {
    for path in files(&[".rs"]) {
        let text = read(&path);
        for word in [
            concat!("danger_accept_", "invalid"),
            concat!("dangerous_", "configuration"),
            concat!("danger", "ous()"),
            concat!("dangerous_", "accept"),
            concat!("Tls::", "Opportunistic"),
        ] {
            assert!(!text.contains(word), "{} contains {word}", short(&path));
        }
    }
}

#[test]
fn every_library_says_what_it_is_what_it_never_does_and_where_to_start() {
    for part in ["pay", "qr", "print", "camera", "ledger", "protocol", "wallet", "town", "server"] {
        let text = read(&root().join("crates").join(part).join("src/lib.rs"));
        let opening: Vec<&str> = text.lines().take_while(|l| l.starts_with("//!")).collect();
        let whole = opening.join(" ").to_lowercase();
        assert!(whole.contains("never") && whole.contains("start"), "crates/{part}/src/lib.rs lacks its opening");
    }
}

/// A report, not a limit: prints what has outgrown its room, and fails only far beyond it.
#[test]
fn rooms_stay_small_enough_to_see() {
    let mut far_beyond = Vec::new();
    for path in files(&[".rs", ".svelte"]) {
        let (name, text) = (short(&path), read(&path));
        if name.contains("/tests/") || name.contains("bindings") || name.contains("words/") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        let aim = if name.ends_with(".svelte") { 250 } else { 400 };
        if code > aim {
            println!("{name}: {code} lines, aim {aim}");
        }
        if code > aim * 2 {
            far_beyond.push(format!("{name}: {code} lines"));
        }
    }
    assert!(far_beyond.is_empty(), "split these: {far_beyond:#?}");
}

#[test]
fn the_desktop_carries_no_database_server_client() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-p", "tessera-app", "-e", "normal", "--prefix", "none"])
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    let tree = String::from_utf8(output.stdout).expect("names are UTF-8");
    assert!(tree.contains("tauri v"), "cargo tree answered");
    assert!(!tree.contains("sqlx-postgres"), "the desktop app must not carry PostgreSQL");
}
