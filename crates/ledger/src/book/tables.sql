CREATE TABLE ledger_account (
    id BLOB PRIMARY KEY,
    currency TEXT NOT NULL,
    floor TEXT NOT NULL CHECK (floor IN ('none', 'zero')),
    posted_debit BIGINT NOT NULL CHECK (posted_debit >= 0),
    posted_credit BIGINT NOT NULL CHECK (posted_credit >= 0),
    reserved_debit BIGINT NOT NULL CHECK (reserved_debit >= 0),
    reserved_credit BIGINT NOT NULL CHECK (reserved_credit >= 0),
    held BIGINT NOT NULL CHECK (held >= 0 AND held <= reserved_debit),
    last_sequence BIGINT NOT NULL,
    last_hash BLOB NOT NULL,
    CHECK (floor = 'none' OR posted_credit - posted_debit >= held)
);
CREATE TABLE ledger_transfer (
    id BLOB PRIMARY KEY,
    payment_id BLOB NOT NULL,
    debit BLOB NOT NULL REFERENCES ledger_account (id),
    credit BLOB NOT NULL REFERENCES ledger_account (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'posted', 'voided')),
    order_digest BLOB,
    reverses BLOB UNIQUE REFERENCES ledger_transfer (id),
    created_at_ms BIGINT NOT NULL,
    CHECK (debit <> credit)
);
CREATE INDEX ledger_transfer_payment ON ledger_transfer (payment_id);
CREATE TABLE ledger_entry (
    account_id BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    transfer_id BLOB NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    phase TEXT NOT NULL CHECK (phase IN ('reserved', 'posted', 'voided', 'reversal')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    at_ms BIGINT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (account_id, sequence)
);
CREATE TABLE ledger_feed (
    account_id BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account_id, sequence)
);
CREATE TABLE ledger_feed_head (
    account_id BLOB PRIMARY KEY,
    last_sequence BIGINT NOT NULL,
    last_hash BLOB NOT NULL
);
CREATE TABLE ledger_replay (
    owner BLOB NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status BIGINT NOT NULL,
    reply TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE TABLE ledger_epoch (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    epoch BLOB NOT NULL
);
-- sqlite:
INSERT INTO ledger_epoch VALUES (1, randomblob(16));
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER ledger_feed_no_update BEFORE UPDATE ON ledger_feed BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER ledger_feed_no_delete BEFORE DELETE ON ledger_feed BEGIN SELECT RAISE(ABORT, 'append only'); END;
-- postgres:
INSERT INTO ledger_epoch VALUES (1, uuid_send(gen_random_uuid()));
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append only' USING ERRCODE = 'LG001'; END $$;
CREATE TRIGGER ledger_entry_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_feed_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_feed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
-- both:
