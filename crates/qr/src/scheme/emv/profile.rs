//! National networks inside a merchant-presented code, by their globally unique identifier.

use crate::scheme::tlv::{Fields, parse};

/// A template (tags 26 to 51, 80 to 99) with its identifier.
pub(super) struct Template {
    pub(super) tag: u8,
    pub(super) id: String,
    pub(super) fields: Fields,
}

/// All templates whose inside is well formed.
pub(super) fn templates(fields: &Fields) -> Vec<Template> {
    let inside = fields.iter().filter_map(|(tag, value)| {
        let tag: u8 = tag.parse().ok()?;
        let fields = matches!(tag, 26..=51 | 80..=99).then(|| parse(value).ok())??;
        Some(Template { tag, id: fields.get("00")?.to_owned(), fields })
    });
    inside.collect()
}

/// What a profile knows about the payee.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) name: &'static str,
    pub(super) account: Option<String>,
    pub(super) reference: Option<String>,
    /// The network's own reference goes before the one in the additional data.
    pub(super) own_reference: bool,
    pub(super) memo: Option<String>,
    /// The last day, `yyyymmdd`.
    pub(super) due: Option<String>,
    /// The printed amount has no authority; the payee's server says the real one.
    pub(super) from_server: bool,
    /// The code asks for a standing authorisation.
    pub(super) recurring: bool,
    /// It names two payees of one network.
    pub(super) contradicts: bool,
}

/// Identifier, name of the network. Several identifiers may be one network.
const NETWORKS: &[(&str, &str)] = &[
    ("br.gov.bcb.pix", "pix"),
    ("A000000677010111", "promptpay"),
    ("A000000677010112", "promptpay"),
    ("A000000677010113", "promptpay"),
    ("SG.PAYNOW", "paynow"),
    ("ID.CO.QRIS.WWW", "qris"),
    ("A000000727", "vietqr"),
    ("A0000006150001", "duitnow"),
    ("hk.com.hkicl", "hkfps"),
    ("ph.ppmi.p2m", "qrph"),
    ("ph.ppmi.p2micro", "qrph"),
    ("com.p2pqrpay", "qrph"),
    ("A000000775", "vnpay"),
    ("A000000524", "upi"),
];

/// What every Philippine code carries in its additional data or its own fields (62, 80, 88).
const PHILIPPINE: &str = "ph.ppmi.qrph";

fn network(id: &str) -> Option<&'static str> {
    NETWORKS.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
}

/// Networks whose codes name one payee; the others repeat theirs by rule.
const ONE_PAYEE: [&str; 5] = ["pix", "paynow", "vietqr", "duitnow", "hkfps"];

/// The profile and its fields.
pub(super) fn profile(fields: &Fields, templates: &[Template], additional: &Fields) -> Found {
    let mut found = payee(fields, templates, additional);
    let payees = templates.iter().filter(|t| t.tag <= 51 && network(&t.id) == Some(found.name)).count();
    found.contradicts |= payees > 1 && ONE_PAYEE.contains(&found.name);
    found
}

fn payee(fields: &Fields, templates: &[Template], additional: &Fields) -> Found {
    let of = |name: &str| templates.iter().find(|t| t.tag <= 51 && network(&t.id) == Some(name));
    let own = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(str::to_owned);
    let country = fields.get("58").unwrap_or_default();
    if let Some(t) = of("pix") {
        return pix(t, templates);
    }
    // The third identifier repeats a bill's references for the payee's own system.
    let own_use = |t: &&Template| t.id.ends_with("0113");
    let thai =
        |own: bool| templates.iter().find(|t| t.tag <= 51 && network(&t.id) == Some("promptpay") && own_use(t) == own);
    if let Some(t) = thai(false).or_else(|| thai(true)) {
        return promptpay(t);
    }
    if let Some(t) = of("paynow") {
        // The payee's reference is the bill number.
        let reference = own(additional.get("01").filter(|number| *number != "***"));
        let due = own(t.fields.get("04"));
        return Found { name: "paynow", account: own(t.fields.get("02")), reference, due, ..Found::default() };
    }
    if let Some(national) = of("qris") {
        let acquirer = |tags: std::ops::RangeInclusive<u8>| templates.iter().find(|t| tags.contains(&t.tag));
        let acquirer = acquirer(26..=26).or_else(|| acquirer(27..=50)).unwrap_or(national);
        return Found { name: "qris", account: own(acquirer.fields.get("01")), ..Found::default() };
    }
    if let Some(t) = of("vietqr") {
        let inner = t.fields.get("01").and_then(|inner| parse(inner).ok()).unwrap_or_default();
        return Found { name: "vietqr", account: own(inner.get("01")), ..Found::default() };
    }
    if let Some(t) = of("duitnow") {
        return Found { name: "duitnow", account: own(t.fields.get("02")), ..Found::default() };
    }
    if let Some(t) = of("hkfps") {
        let account = ["02", "03", "04"].into_iter().find_map(|tag| own(t.fields.get(tag)));
        return Found { name: "hkfps", account, ..Found::default() };
    }
    // The national identifier may stand beside a payee of another name.
    let philippine = templates
        .iter()
        .map(|t| t.id.as_str())
        .chain(additional.get("00"))
        .any(|id| id.eq_ignore_ascii_case(PHILIPPINE));
    let payee = || templates.iter().find(|t| philippine && matches!(t.tag, 27 | 28));
    if let Some(t) = of("qrph").or_else(payee) {
        let account = own(t.fields.get("04")).or_else(|| own(t.fields.get("03")));
        return Found { name: "qrph", account, ..Found::default() };
    }
    if let Some(t) = of("upi") {
        let reference = templates.iter().find(|r| r.tag == 27 && r.id == t.id).and_then(|r| own(r.fields.get("01")));
        return Found { name: "bharatqr", account: own(t.fields.get("01")), reference, ..Found::default() };
    }
    let khqr = |t: &&Template| matches!(t.tag, 29 | 30) && t.id.contains('@');
    if let Some(t) = templates.iter().find(khqr).filter(|_| country == "KH") {
        return Found { name: "khqr", account: Some(t.id.clone()), ..Found::default() };
    }
    // India's shops may be known by their cards and bank alone.
    let cards = fields.iter().any(|(tag, _)| matches!(tag.parse(), Ok(2..=8u8)));
    let name = match country {
        "SG" => "sgqr",
        "IN" if cards => "bharatqr",
        _ => "generic",
    };
    let account = of("vnpay").and_then(|t| own(t.fields.get("01")));
    Found { name, account, ..Found::default() }
}

/// Banco Central do Brasil, Manual de Padrões para Iniciação do Pix: a key, or the address of a signed document.
fn pix(t: &Template, templates: &[Template]) -> Found {
    let own = |tag: &str| t.fields.get(tag).filter(|v| !v.is_empty()).map(str::to_owned);
    let recurring = templates.iter().any(|r| r.tag == 80 && network(&r.id) == Some("pix"));
    let location = own("25");
    Found {
        name: "pix",
        contradicts: location.is_some() && own("01").is_some(),
        from_server: location.is_some(),
        account: own("01").or(location),
        memo: own("02"),
        recurring,
        ..Found::default()
    }
}

/// Bank of Thailand, Thai QR: credit transfer (…0111) by proxy, bill payment (…0112) by biller and references.
fn promptpay(t: &Template) -> Found {
    let own = |tag: &str| t.fields.get(tag).filter(|v| !v.is_empty()).map(str::to_owned);
    let bill = !t.id.ends_with("0111");
    Found {
        name: "promptpay",
        account: if bill { own("01") } else { ["01", "02", "03", "04"].into_iter().find_map(own) },
        reference: bill.then(|| own("02")).flatten(),
        own_reference: bill,
        ..Found::default()
    }
}

/// Every network a payer may choose from, in the order of the code, each once; unknown ones by their identifier.
pub(super) fn networks(fields: &Fields, templates: &[Template]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (tag, _) in fields.iter() {
        let name = match tag.parse::<u8>() {
            Ok(2 | 3) => Some("visa".to_owned()),
            Ok(4 | 5) => Some("mastercard".to_owned()),
            Ok(6 | 7) => Some("npci/emvco".to_owned()),
            Ok(8) => Some("ifsc/emvco".to_owned()),
            Ok(9 | 10) => Some("discover".to_owned()),
            Ok(11 | 12) => Some("amex".to_owned()),
            Ok(13 | 14) => Some("jcb".to_owned()),
            Ok(15 | 16) => Some("unionpay".to_owned()),
            Ok(tag @ 26..=51) => templates.iter().find(|t| t.tag == tag).map(|t| template_name(t, fields)),
            _ => None,
        };
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

fn template_name(t: &Template, fields: &Fields) -> String {
    let khqr = fields.get("58") == Some("KH") && t.id.contains('@');
    let name = if khqr { Some("khqr") } else { network(&t.id) };
    // Indonesian acquirers print their reversed domain names in both cases.
    name.map_or_else(|| if t.id.starts_with("ID.") { t.id.to_ascii_lowercase() } else { t.id.clone() }, str::to_owned)
}
