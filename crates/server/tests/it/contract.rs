use crate::app::TestApp;
use axum::body::Body;
use axum::http::Request;
use server::openapi::{OPERATIONS, document};
use std::path::Path;

/// `UPDATE=1 cargo test -p server` writes the file.
#[test]
fn the_committed_openapi_is_what_the_server_serves() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let fresh = document().unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == fresh, "openapi.json is old: run UPDATE=1 cargo test -p server --test it contract");
    assert!(fresh.contains("\"openapi\": \"3.1.0\""));
}

#[test]
fn every_reference_of_the_contract_leads_somewhere() {
    let document: serde_json::Value = serde_json::from_str(&document().unwrap()).unwrap();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn every_operation_of_the_contract_has_a_route() {
    let app = TestApp::sqlite().await;
    for (method, path, ..) in OPERATIONS {
        let path = path.replace("{id}", &app.id().to_string()).replace("{handle}", "nobody");
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(&path);
        let (status, body) = app.send(request.body(Body::empty()).unwrap()).await;
        assert_ne!(body["code"], "not_found", "{method} {path}: {status}");
    }
}
