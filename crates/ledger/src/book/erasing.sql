-- A feed is erased as a whole or not at all: only rows of accounts that stand in this table can be deleted.
CREATE TABLE ledger_feed_erased (
    account_id BLOB PRIMARY KEY,
    at_ms BIGINT NOT NULL
);
-- sqlite:
DROP TRIGGER ledger_feed_no_delete;
CREATE TRIGGER ledger_feed_no_delete BEFORE DELETE ON ledger_feed
    WHEN NOT EXISTS (SELECT 1 FROM ledger_feed_erased WHERE account_id = OLD.account_id)
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
-- postgres:
DROP TRIGGER ledger_feed_grows ON ledger_feed;
CREATE TRIGGER ledger_feed_grows BEFORE UPDATE OR TRUNCATE ON ledger_feed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE FUNCTION ledger_feed_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF EXISTS (SELECT 1 FROM ledger_feed_erased WHERE account_id = OLD.account_id) THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'append only' USING ERRCODE = 'LG001';
    END $$;
CREATE TRIGGER ledger_feed_kept BEFORE DELETE ON ledger_feed FOR EACH ROW EXECUTE FUNCTION ledger_feed_kept();
-- both:
