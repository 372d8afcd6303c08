use super::*;
use crate::commands::names;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Commands that sign, send or change the way to a payment that is about to be signed.
const MONEY: [&str; 3] = ["confirm_view", "confirm_pay", "confirm_cancel"];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn permissions(capability: &str) -> (Value, BTreeSet<String>) {
    let text = std::fs::read_to_string(here(&format!("capabilities/{capability}.json"))).expect("capability");
    let json: Value = serde_json::from_str(&text).expect("json");
    let list = json["permissions"].as_array().expect("permissions");
    let names = list.iter().map(|name| name.as_str().expect("a plain name").to_owned()).collect();
    (json, names)
}

fn allowed(commands: impl IntoIterator<Item = &'static str>) -> BTreeSet<String> {
    commands.into_iter().map(|command| format!("allow-{}", command.replace('_', "-"))).collect()
}

/// `UPDATE_BINDINGS=1 cargo test -p tessera-app bindings` writes them anew.
#[test]
fn the_typescript_bindings_are_those_of_the_commands() {
    let folder = tempfile::tempdir().expect("folder");
    let made = folder.path().join("bindings.ts");
    builder().export(specta_typescript::Typescript::default(), &made).expect("no type is forbidden, like a bigint");
    let made = std::fs::read_to_string(made).expect("made");
    let kept = here("../ui/src/lib/ipc/bindings.ts");
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&kept, &made).expect("written");
    }
    let kept = std::fs::read_to_string(kept).expect("kept");
    assert!(kept == made, "stale: run UPDATE_BINDINGS=1 cargo test -p tessera-app bindings");
}

#[test]
fn every_command_is_declared_so_that_none_escapes_its_capability() {
    let made: BTreeSet<String> = commands_in_bindings();
    let declared: BTreeSet<String> = names::ALL.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(made, declared);
    assert_eq!(names::ALL.len(), declared.len(), "one of them twice");
}

fn commands_in_bindings() -> BTreeSet<String> {
    let text = std::fs::read_to_string(here("../ui/src/lib/ipc/bindings.ts")).expect("bindings");
    text.split("__TAURI_INVOKE(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn the_main_window_has_every_command_but_those_that_move_money() {
    let (json, names) = permissions("main");
    assert_eq!(json["windows"], serde_json::json!(["main"]));
    assert!(json.get("remote").is_none(), "no page of another host may call us");
    let mut wanted = allowed(names::ALL.iter().copied().filter(|name| !MONEY.contains(name)));
    wanted.extend(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()]);
    assert_eq!(names, wanted);
}

#[test]
fn the_confirmation_window_can_look_pay_cancel_and_nothing_else() {
    let (json, names) = permissions("confirm");
    assert_eq!(json["windows"], serde_json::json!(["confirm"]));
    assert!(json.get("remote").is_none());
    let mut wanted = allowed(MONEY);
    wanted.extend(allowed(["settings", "report_input"]));
    assert_eq!(names, wanted);
}

#[test]
fn no_other_capability_exists() {
    let files: BTreeSet<String> = std::fs::read_dir(here("capabilities"))
        .expect("folder")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, BTreeSet::from(["confirm.json".to_owned(), "main.json".to_owned()]));
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(here("tauri.conf.json")).expect("config")).expect("json");
    assert_eq!(config["app"]["security"]["capabilities"], serde_json::json!(["main", "confirm"]));
    assert_eq!(config["app"]["withGlobalTauri"], false);
    let policy = config["app"]["security"]["csp"].to_string();
    assert!(!policy.contains("https:") && !policy.contains('*'), "nothing comes from another host: {policy}");
}
