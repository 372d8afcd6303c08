use ledger::Migration;

/// The wallet's own tables. What is personal is in rows that can be erased, apart from the ledger's, which only grow.
pub(super) const TABLES: &[Migration] = &[
    Migration { id: 1, sql: FIRST },
    Migration { id: 2, sql: SAFETY },
    Migration { id: 3, sql: BILLS },
    Migration { id: 4, sql: LISTED },
    Migration { id: 5, sql: HERE_ONLY },
    Migration { id: 6, sql: ACTIONS },
    Migration { id: 7, sql: KEPT_NOTES },
    Migration { id: 8, sql: HISTORY },
    Migration { id: 9, sql: RETURNS },
    Migration { id: 10, sql: ASKS },
    Migration { id: 11, sql: ASKS_IN_ORDER },
];

/// Asks take their place in the one order of everything that leaves.
const ASKS_IN_ORDER: &str = "ALTER TABLE wallet_ask ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE wallet_ask SET place = rowid + MAX((SELECT COALESCE(MAX(place), 0) FROM wallet_outbox),
    (SELECT COALESCE(MAX(place), 0) FROM wallet_action));
DROP INDEX wallet_ask_waiting;
CREATE INDEX wallet_ask_waiting ON wallet_ask (place) WHERE state = 'waiting';
CREATE INDEX wallet_ask_by_place ON wallet_ask (place);";

/// Payments that a server put back from a backup does not know, or knows otherwise.
const HERE_ONLY: &str = "CREATE TABLE wallet_here_only (payment_id BLOB PRIMARY KEY);";

const FIRST: &str = "CREATE TABLE wallet_fact (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE wallet_payment (
    id BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    refused TEXT,
    created_at_ms BIGINT NOT NULL,
    other_id BLOB NOT NULL,
    private_note TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX wallet_payment_by_time ON wallet_payment (created_at_ms, id, search);
CREATE INDEX wallet_payment_by_other ON wallet_payment (other_id, direction);
CREATE TABLE wallet_step (
    payment_id BLOB NOT NULL,
    at_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    done_by TEXT NOT NULL,
    PRIMARY KEY (payment_id, at_ms, what)
);
CREATE TABLE wallet_outbox (
    payment_id BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX wallet_outbox_open ON wallet_outbox (next_at_ms) WHERE state <> 'acked';
CREATE TABLE wallet_request (
    id BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    mine BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX wallet_request_by_time ON wallet_request (updated_at_ms);
CREATE TABLE wallet_person (
    id BLOB PRIMARY KEY,
    handle TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    body TEXT NOT NULL,
    paid BIGINT NOT NULL
);";

/// `paid_key` is the public key a person had when they were last paid, `checked_key` the one whose four words were
/// compared; a request that was let in stands on the board
/// whoever asks; an order does not leave before `not_before_ms` of the server's clock.
const SAFETY: &str = "ALTER TABLE wallet_person ADD COLUMN paid_key TEXT;
ALTER TABLE wallet_person ADD COLUMN checked_key TEXT;
UPDATE wallet_person SET paid_key = json_extract(body, '$.public_key') WHERE paid > 0;
ALTER TABLE wallet_request ADD COLUMN let_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE wallet_outbox ADD COLUMN not_before_ms BIGINT NOT NULL DEFAULT 0;";

/// `returns` is the payment that one gives back. An order that waits is a payment's, or a return's.
const RETURNS: &str = "ALTER TABLE wallet_payment ADD COLUMN returns BLOB;
CREATE INDEX wallet_payment_returns ON wallet_payment (returns) WHERE returns IS NOT NULL;
ALTER TABLE wallet_outbox ADD COLUMN returns BLOB;";

/// Notes about payments of other systems: no amount column on purpose, nothing here can be summed.
const BILLS: &str = "CREATE TABLE wallet_bill (
    id BLOB PRIMARY KEY,
    payload TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    due TEXT,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    marked_at_ms BIGINT
);";

/// What lists are filtered, summed and searched by, apart from the long bodies. The trigrams only narrow: what they name
/// is looked at again, so they are kept without positions. Triggers keep them in step.
const LISTED: &str = "CREATE TABLE wallet_listed (
    number INTEGER PRIMARY KEY,
    payment_id BLOB NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    direction TEXT NOT NULL,
    stage TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    other_id BLOB NOT NULL,
    source_id BLOB,
    search TEXT NOT NULL
);
CREATE INDEX wallet_listed_by_time ON wallet_listed (created_at_ms, payment_id);
CREATE INDEX wallet_listed_by_other ON wallet_listed (other_id, created_at_ms, payment_id);
CREATE VIRTUAL TABLE wallet_trigram USING fts5 (
    search, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER wallet_listed_added AFTER INSERT ON wallet_listed BEGIN
    INSERT INTO wallet_trigram (rowid, search) VALUES (new.number, new.search);
END;
CREATE TRIGGER wallet_listed_changed AFTER UPDATE OF search ON wallet_listed WHEN old.search <> new.search BEGIN
    UPDATE wallet_trigram SET search = new.search WHERE rowid = new.number;
END;
CREATE TRIGGER wallet_listed_removed AFTER DELETE ON wallet_listed BEGIN
    DELETE FROM wallet_trigram WHERE rowid = old.number;
END;
DROP INDEX wallet_payment_by_time;
CREATE INDEX wallet_payment_in_time ON wallet_payment (created_at_ms, id);
ALTER TABLE wallet_payment DROP COLUMN search;";

/// What was decided about requests and has to reach the server. `place` is the one order of everything that leaves,
/// payments too.
const ACTIONS: &str = "CREATE TABLE wallet_action (
    id BLOB PRIMARY KEY,
    place BIGINT NOT NULL UNIQUE,
    request_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    refused TEXT
);
CREATE INDEX wallet_action_open ON wallet_action (place) WHERE state IN ('waiting', 'sending', 'refused');
CREATE INDEX wallet_action_by_request ON wallet_action (request_id);
ALTER TABLE wallet_outbox ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
CREATE INDEX wallet_outbox_by_place ON wallet_outbox (place);";
/// Private notes on payments the server will tell of again: after a damaged book gave way to an older copy, and when the
/// history of an archive meets its account again.
const KEPT_NOTES: &str = "CREATE TABLE wallet_kept_note (payment_id BLOB PRIMARY KEY, note TEXT NOT NULL);";

/// What archives brought in, apart from everything that is summed, sent or paid. An origin that is not `whole` is still
/// being read, and its bills wait in a table of their own.
const HISTORY: &str = "CREATE TABLE wallet_origin (id BLOB PRIMARY KEY, body TEXT NOT NULL, whole BIGINT NOT NULL);
CREATE TABLE wallet_history (
    number INTEGER PRIMARY KEY,
    origin BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    direction TEXT NOT NULL,
    refused TEXT,
    body TEXT NOT NULL,
    note TEXT NOT NULL,
    search TEXT NOT NULL,
    UNIQUE (origin, payment_id)
);
CREATE INDEX wallet_history_in_time ON wallet_history (created_at_ms, number);
CREATE TABLE wallet_history_bill (
    id BLOB PRIMARY KEY,
    origin BLOB NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due TEXT,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    marked_at_ms BIGINT
);";

/// Requests that wait to leave, under the id they keep; the names of people without an account, which no server hears
/// of; which payments came for a request; and what comes back by the calendar. `next` is the first occurrence that
/// nothing was done about yet.
const ASKS: &str = "CREATE TABLE wallet_ask (
    request_id BLOB PRIMARY KEY,
    group_id BLOB,
    schedule_id BLOB,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    refused TEXT,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL
);
CREATE INDEX wallet_ask_waiting ON wallet_ask (next_at_ms) WHERE state = 'waiting';
CREATE TABLE wallet_part (
    request_id BLOB PRIMARY KEY,
    place BIGINT NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE wallet_paid_for (
    payment_id BLOB PRIMARY KEY,
    request_id BLOB NOT NULL
);
CREATE INDEX wallet_paid_for_request ON wallet_paid_for (request_id);
ALTER TABLE wallet_request ADD COLUMN group_id BLOB;
CREATE INDEX wallet_request_by_group ON wallet_request (group_id) WHERE group_id IS NOT NULL;
CREATE TABLE wallet_schedule (
    id BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    next BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);";
