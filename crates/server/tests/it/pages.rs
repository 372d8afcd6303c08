use crate::app::{TestApp, URL};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use protocol::{Asked, ProofError, SignedProof};
use serde_json::json;

crate::on_both! {
    pages_speak_the_browsers_language_and_the_one_asked_for,
    a_receipt_carries_a_proof_that_a_shop_checks_offline,
    previews_say_who_and_how_much_and_nothing_of_a_request_for_one,
    hostile_names_and_notes_stay_text,
    too_many_visits_are_told_so_in_words,
    pages_carry_the_headers_that_keep_others_out,
}

async fn pages_speak_the_browsers_language_and_the_one_asked_for(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "1234.50", |_| {}).await;
    let path = format!("/r/{}", pay::short_id(id));
    for (language, pay, lang) in [
        ("en-GB,en", "Pay $1,234.50", "en"),
        ("es-MX,es;q=0.9", "Pagar 1234,50\u{a0}US$", "es"),
        ("fr-CA", "Payer 1\u{202f}234,50\u{a0}$US", "fr"),
        ("ja", "Pay $1,234.50", "en"),
    ] {
        let page = app.browser_in(language).open(&path).await;
        page.says(&format!(">{pay}</button>")).says(&format!("<html lang=\"{lang}\">"));
    }
    let page = app.browser_in("fr").open(&format!("{path}?lang=es")).await;
    page.says("<html lang=\"es\">").says("name=\"lang\" value=\"es\"");
    let checkout = app.browser_in("fr").send(&page, &[("method", "card")]).await;
    checkout.says("Elige una tarjeta de práctica");
    let choice = [("decision", "pay"), ("source", "sandbox_visa_debit")];
    app.browser_in("fr").send(&checkout, &choice).await.says("Pagado, práctica").says("Código de prueba");
    app.browser_in("fr").open("/@nobody").await.says("Rien ici");
}

async fn a_receipt_carries_a_proof_that_a_shop_checks_offline(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "14.50", |_| {}).await;
    let path = format!("/r/{}", pay::short_id(id));
    let receipt = app.browser().pay(&path, &[("method", "card")], "sandbox_visa_debit").await;
    let code = read_code(&receipt.html);
    let proof = SignedProof::read(&code).unwrap();
    let key = app.server.key.verifying_key();
    let amount = pay::Money::parse("14.50", pay::Currency::USD).ok();
    let asked = Asked { server: URL.into(), payee_handle: "liam".into(), amount, request_id: Some(id) };
    let proven = proof.check(&key, &asked).unwrap();
    assert_eq!(proven.paid_at_ms, app.now_ms());
    let elsewhere = Asked { payee_handle: "maya".into(), ..asked };
    assert_eq!(proof.check(&key, &elsewhere), Err(ProofError::OtherPayee));
    // The code opens the receipt in any browser, and the same payment has the same code.
    let opened = app.browser().open(code.strip_prefix("HTTPS://PAY.EXAMPLE").unwrap()).await;
    opened.says("Paid, practice");
    assert_eq!(read_code(&opened.html), code);
    // A payment of the app has one too, and both sides hold it; one that is not paid has none.
    let (anna, card) = app.join("anna", "sandbox_visa_debit").await;
    let order = app.order(&anna, card, &liam, "2.00");
    app.pay(&anna, &order).await;
    let held = app.payment_when(&anna, order.id, |p| p.receipt.is_some()).await.receipt;
    let path = format!("/v/{}", pay::short_id(order.id));
    assert_eq!(held, Some(read_code(&app.browser().open(&path).await.html)));
    assert_eq!(app.payment_when(&liam, order.id, |p| p.receipt.is_some()).await.receipt, held);
    let (maya, card) = app.join("maya", "sandbox_visa_declines").await;
    let order = app.order(&maya, card, &liam, "2.00");
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, |p| p.failure.is_some()).await;
    let path = format!("/v/{}", pay::short_id(order.id));
    assert_eq!(app.browser().open(&path).await.status, StatusCode::NOT_FOUND);
}

/// Reads the last code on a page as a scanner would: off the drawing.
fn read_code(html: &str) -> String {
    let svg = html.rsplit("<svg xmlns").next().unwrap();
    let side: u32 = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let path = svg.split(" d=\"").nth(2).unwrap().split('"').next().unwrap();
    let scale = 4;
    let mut pixels = vec![255; (side * scale * side * scale) as usize];
    for run in path.split('M').skip(1) {
        let numbers: Vec<u32> =
            run.split(|c: char| !c.is_ascii_digit()).filter(|t| !t.is_empty()).map(|t| t.parse().unwrap()).collect();
        for y in numbers[1] * scale..(numbers[1] + 1) * scale {
            for x in numbers[0] * scale..(numbers[0] + numbers[2]) * scale {
                pixels[(y * side * scale + x) as usize] = 0;
            }
        }
    }
    let picture = qr::Luma::new(side * scale, side * scale, pixels).unwrap();
    qr::scan(&picture, qr::Effort::Still).remove(0).text.unwrap()
}

async fn previews_say_who_and_how_much_and_nothing_of_a_request_for_one(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    app.join("maya", "sandbox_visa_debit").await;
    let open = app.ask(&liam, "14.50", |form| form["note"] = json!("secret stuff")).await;
    let page = app.browser().open(&format!("/r/{}", pay::short_id(open))).await;
    let head = page.html.split("</head>").next().unwrap();
    assert!(head.contains("og:title\" content=\"Pay Name of liam $14.50\""), "{head}");
    assert!(!head.contains("secret"), "{head}");
    let picture = head.split("og:image\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    let path = picture.strip_prefix(URL).unwrap();
    let response = app.raw(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-type"], "image/png");
    let png = response.into_body().collect().await.unwrap().to_bytes();
    if let Some(folder) = std::env::var_os("PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join("preview.png"), &png).unwrap();
    }
    let picture = qr::picture::decode(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (1200, 630));
    let read = qr::scan(&picture, qr::Effort::Still).remove(0);
    assert_eq!(read.text, Some(format!("HTTPS://PAY.EXAMPLE/R/{}", pay::short_id(open))));
    // The same link for another amount is another picture: it is in there, and not only in the code.
    let left = |picture: &qr::Luma<'_>| picture.part(0, 0, 600, 630).unwrap().pixels().to_vec();
    let of = async |path: &str| {
        let response = app.raw(Request::get(path).body(Body::empty()).unwrap()).await;
        qr::picture::decode(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    };
    let (five, six) = (of("/preview/@liam/5.00-USD").await, of("/preview/@liam/6.00-USD").await);
    assert_ne!(left(&five), left(&six));
    assert_ne!(left(&five), left(&of("/preview/@maya/5.00-USD").await));
    let one = app.ask(&liam, "14.50", |form| {
        form["payer_handle"] = json!("maya");
        form["note"] = json!("secret stuff");
    });
    let page = app.browser().open(&format!("/r/{}", pay::short_id(one.await))).await;
    let hidden = page.html.split("og:image\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    let hidden = of(hidden.strip_prefix(URL).unwrap()).await;
    assert_eq!(hidden.width(), hidden.height(), "of a request for one person it is the code alone");
    page.says("og:title\" content=\"Payment request\"").says_not("secret").says_not("liam").says_not("14.50");
    for bad in ["/preview/", "/preview/x", "/preview/@liam/0.00-USD", "/preview/https://evil.example/@x"] {
        let response = app.raw(Request::get(bad).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{bad}");
    }
}

async fn hostile_names_and_notes_stay_text(app: TestApp) {
    let liam = app.join_as("liam", |form| form["display_name"] = json!("\"><b>Liam</b> &")).await;
    app.add_source(&liam, "sandbox_visa_debit").await;
    let long = "<i>no</i> 👩‍👧 ".repeat(19);
    let id = app.ask(&liam, "10.00", |form| form["note"] = json!(long)).await;
    let path = format!("/r/{}", pay::short_id(id));
    let page = app.browser().open(&path).await;
    page.says("&lt;i&gt;no&lt;/i&gt; 👩‍👧").says("<bdi>&quot;&gt;&lt;b&gt;Liam").says_not("<b>Liam").says_not("<i>no");
    for name in ["Ana\u{202e}", "a\u{200b}b", "\u{0}", &"x".repeat(61), "..."] {
        let back = app.browser().send(&page, &[("method", "card"), ("name", name)]).await;
        assert_eq!(back.status, StatusCode::BAD_REQUEST, "{name:?}");
        back.says("This name cannot be shown");
    }
    let person = app.browser().open("/@liam/1.00-USD").await;
    let over = "é".repeat(281);
    for message in ["hi\u{202e}", over.as_str()] {
        let back = app.browser().send(&person, &[("method", "card"), ("message", message)]).await;
        assert_eq!(back.status, StatusCode::BAD_REQUEST);
        back.says("This message cannot be sent");
    }
    let huge = format!("method=card&name={}", "x".repeat(200_000));
    assert_eq!(app.browser().post(&format!("/begin{path}"), URL, &huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        app.browser().post(&format!("/begin{path}"), URL, "%ff=%00&&=&method").await.status,
        StatusCode::BAD_REQUEST
    );
    let fields = [("method", "card"), ("name", "<script>alert(1)</script>"), ("message", "<script>")];
    let checkout = app.browser().send(&person, &fields).await;
    checkout.says("Practice checkout");
    // Coming back to where a form was sent leads to its page, and never anywhere else.
    app.browser().open("/begin/@liam/1.00-USD").await.says("Pay $1.00");
    let missing = [
        "/begin//evil.example",
        "/begin/%2f/evil.example",
        "/begin/https://evil.example/@liam",
        "/pay/x",
        "/pay/00000000000000000000000000",
        "/sandbox/checkout/x",
        "/v/x/y",
        "/pay/%ff",
    ];
    for path in missing {
        let status = app.browser().open(path).await.status;
        assert!(status.is_client_error(), "{path} {status}");
    }
}

async fn too_many_visits_are_told_so_in_words(app: TestApp) {
    let mut config = TestApp::config();
    config.rates.visits_per_minute = 1;
    let app = app.restart_with(config).await;
    app.browser().open("/@nobody").await;
    let refused = app.browser_in("es").open("/@nobody").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    refused.says("Demasiados intentos");
}

async fn pages_carry_the_headers_that_keep_others_out(app: TestApp) {
    app.join("liam", "sandbox_visa_debit").await;
    let response = app.raw(Request::get("/@liam").body(Body::empty()).unwrap()).await;
    let headers = response.headers();
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "private, no-cache"),
        ("content-language", "en"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(headers.get("set-cookie").is_none());
    let font = app.raw(Request::get("/page/hanken-grotesk.woff2").body(Body::empty()).unwrap()).await;
    assert_eq!(font.headers()["content-type"], "font/woff2");
}
