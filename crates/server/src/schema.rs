//! The server's own tables, beside the ledger's in the same database. Steps only add.
//!
//! # Erasure
//! Personal data (name, e-mail, date of birth, country, picture, password hash) lies in `person_personal`, one row a
//! person, apart from the append-only book, which knows ids and amounts only. Feed bodies are hashed into the account's
//! chain and hold what its owner saw: their own data, and the names of the people they paid or were paid by, as on any
//! receipt. To erase a person (`people/closing.rs`), their `person_personal` row, the names of their devices, what
//! describes their sources, their *own* feed and remembered answers go as a whole, with whom they blocked, the words of
//! their reports, links and letters, and the codes of accounts elsewhere beside their requests; what others keep is
//! their own receipts. `person` (with the handle, which nobody gets again),
//! `payment`, `request` and the book stay, with ids alone; a guest is a `person` with a row in `guest` instead, whose
//! name alone is personal; the
//! signed order of a payment keeps the payee's name as the payer saw it, being the payer's proof.

use ledger::Migration;

/// Name of this set of tables.
pub const NAME: &str = "server";

/// Every step, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: 1, sql: FIRST },
    Migration { id: 2, sql: GUESTS },
    Migration { id: 3, sql: SAFETY },
    Migration { id: 4, sql: PAIRING },
    Migration { id: 5, sql: LETTERS },
    Migration { id: 6, sql: RETURNS },
    Migration { id: 7, sql: CLOSING },
    Migration { id: 8, sql: GROUPS },
    Migration { id: 9, sql: RECEIPTS },
    Migration { id: 10, sql: WAYS },
];

/// Codes of other systems that stand beside a request's own, personal because they name accounts; and that its money came
/// by one of them.
const WAYS: &str = "
CREATE TABLE request_way (
    request_id BLOB NOT NULL REFERENCES request (id),
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (request_id, place)
);
ALTER TABLE request ADD COLUMN elsewhere_way TEXT;
ALTER TABLE request ADD COLUMN elsewhere_at_ms BIGINT;
";

/// What was signed about a payment when it succeeded; payments of before have none, and their page signs it anew.
const RECEIPTS: &str = "
ALTER TABLE payment ADD COLUMN receipt TEXT;
";

/// What the operator made of a report.
const CLOSING: &str = "
ALTER TABLE report ADD COLUMN closed_at_ms BIGINT;
ALTER TABLE report ADD COLUMN closing_note TEXT;
";

/// A payment that gives another one back, and how much of that one was.
const RETURNS: &str = "
ALTER TABLE payment ADD COLUMN returns BLOB REFERENCES payment (id);
ALTER TABLE payment ADD COLUMN returned_minor BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payment_returns ON payment (returns);
";

/// What a request is a part of; rows of requests that stand alone have none.
const GROUPS: &str = "
CREATE TABLE request_group (
    request_id BLOB PRIMARY KEY REFERENCES request (id),
    group_id BLOB NOT NULL,
    group_kind TEXT NOT NULL,
    group_title TEXT NOT NULL,
    group_total_minor BIGINT NOT NULL,
    group_own_minor BIGINT NOT NULL
);
";

/// Devices that asked and wait for a word from another; those before were active from the first.
const PAIRING: &str = "
ALTER TABLE device ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE device ADD COLUMN last_seen_at_ms BIGINT;
CREATE INDEX device_person ON device (person_id);
";

/// Letters that wait to leave and the links in them; a device that waits for its letter (`lapses_at_ms`) or, confirmed,
/// for its time (`due_at_ms`); accounts that were closed.
const LETTERS: &str = "
ALTER TABLE person ADD COLUMN closed_at_ms BIGINT;
ALTER TABLE person_personal ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE device ADD COLUMN lapses_at_ms BIGINT;
ALTER TABLE device ADD COLUMN due_at_ms BIGINT;

CREATE TABLE letter (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    matter TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX letter_due ON letter (next_at_ms);

CREATE TABLE mail_link (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    device_id BLOB,
    address TEXT,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX mail_link_person ON mail_link (person_id, purpose);
CREATE INDEX mail_link_end ON mail_link (expires_at_ms);
";

const FIRST: &str = "
CREATE TABLE server_secret (name TEXT PRIMARY KEY, secret BLOB NOT NULL);

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    public_key TEXT NOT NULL,
    disabled BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE person_personal (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    display_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    date_of_birth TEXT NOT NULL,
    country TEXT NOT NULL,
    picture TEXT,
    password_hash TEXT NOT NULL
);

CREATE TABLE device (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    public_key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);

CREATE TABLE session (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    device_id BLOB NOT NULL REFERENCES device (id),
    access_hash BLOB NOT NULL,
    access_expires_at_ms BIGINT NOT NULL,
    refresh_hash BLOB NOT NULL,
    refresh_expires_at_ms BIGINT NOT NULL,
    previous_refresh_hash BLOB,
    used BIGINT NOT NULL
);
CREATE INDEX session_device ON session (device_id);

CREATE TABLE source (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    card_class TEXT,
    label TEXT NOT NULL,
    hint TEXT NOT NULL,
    token TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    removed_at_ms BIGINT
);
CREATE INDEX source_person ON source (person_id);

CREATE TABLE request (
    id BLOB PRIMARY KEY,
    requester_id BLOB NOT NULL REFERENCES person (id),
    payer_id BLOB REFERENCES person (id),
    asked_minor BIGINT,
    currency TEXT NOT NULL,
    paid_minor BIGINT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    viewed BIGINT NOT NULL,
    overpaid BIGINT NOT NULL,
    paid_late BIGINT NOT NULL,
    partial_policy TEXT NOT NULL,
    over_policy TEXT NOT NULL,
    late_policy TEXT NOT NULL,
    single_use BIGINT NOT NULL,
    expires_at_ms BIGINT,
    reminded_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX request_expiry ON request (state, expires_at_ms);

CREATE TABLE payment (
    id BLOB PRIMARY KEY,
    payer_id BLOB NOT NULL REFERENCES person (id),
    payee_id BLOB NOT NULL REFERENCES person (id),
    source_id BLOB NOT NULL REFERENCES source (id),
    payee_source_id BLOB NOT NULL REFERENCES source (id),
    request_id BLOB REFERENCES request (id),
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome_unknown BIGINT NOT NULL,
    failure TEXT,
    action_url TEXT,
    verified_by TEXT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX payment_payer ON payment (payer_id, created_at_ms);
CREATE INDEX payment_state ON payment (state);

CREATE TABLE payment_order (
    payment_id BLOB PRIMARY KEY REFERENCES payment (id),
    order_json TEXT NOT NULL,
    order_signature TEXT NOT NULL,
    attempt_input TEXT NOT NULL,
    attempt_signature TEXT NOT NULL
);
";

/// People who pay in the browser without an account: one `person` a payment, with the name they typed. What they
/// asked for stands in `guest_order` from the form on; its name is emptied once the payment is accepted.
const GUESTS: &str = "
CREATE TABLE guest (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    display_name TEXT NOT NULL
);

CREATE TABLE guest_order (
    payment_id BLOB PRIMARY KEY,
    payee_id BLOB NOT NULL REFERENCES person (id),
    request_id BLOB REFERENCES request (id),
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    kind TEXT NOT NULL,
    display_name TEXT NOT NULL,
    note TEXT NOT NULL,
    link TEXT NOT NULL,
    refused TEXT,
    created_at_ms BIGINT NOT NULL
);
";

const SAFETY: &str = "
CREATE TABLE block (
    person_id BLOB NOT NULL REFERENCES person (id),
    blocked_id BLOB NOT NULL REFERENCES person (id),
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, blocked_id)
);

CREATE TABLE report (
    id BLOB PRIMARY KEY,
    reporter_id BLOB NOT NULL REFERENCES person (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    words TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX report_person ON report (person_id, at_ms);
";
