-- Logs, their records, and what the records have come to.
--
-- A program only ever inserts into guardrail_record. Triggers hold every record against the rules of
-- a request's life, and keep the head of its log and the standing of its stream, in the same
-- transaction. Everything but guardrail_log's names and guardrail_record can be made again from
-- guardrail_record.

-- One row a log: its head.
CREATE TABLE guardrail_log (
    number BIGINT PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    id     TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
    -- The last record: its place, its leaf hash, its time in microseconds since 1970.
    last   BIGINT NOT NULL DEFAULT 0 CHECK (last >= 0),
    leaf   TEXT NOT NULL CHECK (length(leaf) = 64),
    time   BIGINT NOT NULL,
    -- Always 0. Whoever may update this column may lock the row, and do nothing else to it.
    turn   SMALLINT NOT NULL DEFAULT 0
);

-- One row an event. `line` is the sealed line; the columns say again what the rules need of it.
CREATE TABLE guardrail_record (
    log    BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    id     TEXT NOT NULL CHECK (length(id) = 36),
    ver    BIGINT NOT NULL CHECK (ver >= 1),
    event  TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    -- Of the intent, of what a voter saw, of what starts.
    digest TEXT CHECK (digest IS NOT NULL OR event NOT IN ('requested', 'voted', 'started')),
    -- Whose vote it is.
    person TEXT CHECK ((person IS NULL) = (event <> 'voted')),
    time   BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    prev   TEXT NOT NULL,
    leaf   TEXT NOT NULL CHECK (length(leaf) = 64),
    line   TEXT NOT NULL,
    UNIQUE (log, seq),
    UNIQUE (log, id, ver),
    -- A stream begins new; and only the log's own is ever new behind an event.
    CHECK (ver > 1 OR was = 'new'),
    CHECK ((id = '00000000-0000-0000-0000-000000000000') = (became = 'new'))
);

-- One person, one vote.
CREATE UNIQUE INDEX guardrail_vote ON guardrail_record (log, id, person) WHERE event = 'voted';

-- Where each stream stands.
CREATE TABLE guardrail_stream (
    log     BIGINT NOT NULL,
    id      TEXT NOT NULL,
    version BIGINT NOT NULL,
    state   TEXT NOT NULL,
    digest  TEXT,
    first   BIGINT NOT NULL,
    last    BIGINT NOT NULL,
    -- The writer that started the body, where it was started.
    starter BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (log, id)
);

CREATE INDEX guardrail_open ON guardrail_stream (log, first)
    WHERE state IN ('pending', 'approved', 'started');

-- Who writes, and when it last said so. Beside the log: it can be lost.
CREATE TABLE guardrail_writer (
    log    BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    -- What tells on one machine whether the process is there: boot, process space, number, start.
    boot   TEXT,
    space  TEXT,
    pid    BIGINT NOT NULL,
    start  BIGINT NOT NULL,
    beat   BIGINT NOT NULL,
    PRIMARY KEY (log, writer)
);

-- The legal steps between states; a test compares them with the table in guardrail-core.
CREATE TABLE guardrail_arrow (
    event  TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (event, was, became)
);

INSERT INTO guardrail_arrow (event, was, became) VALUES
    ('requested', 'new', 'approved'),
    ('requested', 'new', 'pending'),
    ('requested', 'new', 'refused'),
    ('voted', 'pending', 'pending'),
    ('approved', 'pending', 'approved'),
    ('denied', 'pending', 'denied'),
    ('expired', 'pending', 'expired'),
    ('withdrawn', 'pending', 'withdrawn'),
    ('started', 'approved', 'started'),
    ('lapsed', 'approved', 'lapsed'),
    ('completed', 'started', 'completed'),
    ('failed', 'started', 'failed'),
    ('aborted', 'started', 'aborted'),
    ('unknown', 'started', 'unknown'),
    ('opened', 'new', 'new'),
    ('policy_loaded', 'new', 'new'),
    ('recovered', 'new', 'new'),
    ('redacted', 'new', 'new'),
    ('posted', 'pending', 'pending'), ('posted', 'approved', 'approved'),
    ('posted', 'started', 'started'), ('posted', 'refused', 'refused'),
    ('posted', 'denied', 'denied'), ('posted', 'expired', 'expired'),
    ('posted', 'withdrawn', 'withdrawn'), ('posted', 'lapsed', 'lapsed'),
    ('posted', 'completed', 'completed'), ('posted', 'failed', 'failed'),
    ('posted', 'aborted', 'aborted'), ('posted', 'unknown', 'unknown'),
    ('commented', 'pending', 'pending'), ('commented', 'approved', 'approved'),
    ('commented', 'started', 'started'), ('commented', 'refused', 'refused'),
    ('commented', 'denied', 'denied'), ('commented', 'expired', 'expired'),
    ('commented', 'withdrawn', 'withdrawn'), ('commented', 'lapsed', 'lapsed'),
    ('commented', 'completed', 'completed'), ('commented', 'failed', 'failed'),
    ('commented', 'aborted', 'aborted'), ('commented', 'unknown', 'unknown'),
    ('vote_refused', 'pending', 'pending'), ('vote_refused', 'approved', 'approved'),
    ('vote_refused', 'started', 'started'), ('vote_refused', 'refused', 'refused'),
    ('vote_refused', 'denied', 'denied'), ('vote_refused', 'expired', 'expired'),
    ('vote_refused', 'withdrawn', 'withdrawn'), ('vote_refused', 'lapsed', 'lapsed'),
    ('vote_refused', 'completed', 'completed'), ('vote_refused', 'failed', 'failed'),
    ('vote_refused', 'aborted', 'aborted'), ('vote_refused', 'unknown', 'unknown'),
    ('approver_left', 'pending', 'pending'), ('approver_left', 'approved', 'approved'),
    ('approver_left', 'started', 'started'), ('approver_left', 'refused', 'refused'),
    ('approver_left', 'denied', 'denied'), ('approver_left', 'expired', 'expired'),
    ('approver_left', 'withdrawn', 'withdrawn'), ('approver_left', 'lapsed', 'lapsed'),
    ('approver_left', 'completed', 'completed'), ('approver_left', 'failed', 'failed'),
    ('approver_left', 'aborted', 'aborted'), ('approver_left', 'unknown', 'unknown'),
    ('escalated', 'pending', 'pending'), ('escalated', 'approved', 'approved'),
    ('escalated', 'started', 'started'), ('escalated', 'refused', 'refused'),
    ('escalated', 'denied', 'denied'), ('escalated', 'expired', 'expired'),
    ('escalated', 'withdrawn', 'withdrawn'), ('escalated', 'lapsed', 'lapsed'),
    ('escalated', 'completed', 'completed'), ('escalated', 'failed', 'failed'),
    ('escalated', 'aborted', 'aborted'), ('escalated', 'unknown', 'unknown');

-- Runs as the owner of the tables, so that a program needs no right but to insert records.
CREATE FUNCTION guardrail_admit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM guardrail_arrow
        WHERE event = NEW.event AND was = NEW.was AND became = NEW.became
    ) THEN
        RAISE EXCEPTION 'guardrail: this event cannot follow' USING ERRCODE = '23514';
    END IF;
    UPDATE guardrail_log SET last = NEW.seq, leaf = NEW.leaf, time = NEW.time
    WHERE number = NEW.log AND last = NEW.seq - 1 AND leaf = NEW.prev AND time <= NEW.time;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'guardrail: this is not the next record of the log'
            USING ERRCODE = '23514';
    END IF;
    IF NEW.ver = 1 THEN
        INSERT INTO guardrail_stream (log, id, version, state, digest, first, last)
        VALUES (NEW.log, NEW.id, 1, NEW.became, NEW.digest, NEW.seq, NEW.seq);
    ELSE
        UPDATE guardrail_stream
        SET version = NEW.ver, state = NEW.became, last = NEW.seq,
            starter = CASE WHEN NEW.event = 'started' THEN NEW.writer ELSE starter END
        WHERE log = NEW.log AND id = NEW.id AND version = NEW.ver - 1 AND state = NEW.was
            AND (NEW.event NOT IN ('voted', 'started') OR digest = NEW.digest);
        IF NOT FOUND THEN
            RAISE EXCEPTION
                'guardrail: this is not the next event of the request, or has another digest'
                USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER guardrail_record_before BEFORE INSERT ON guardrail_record
    FOR EACH ROW EXECUTE FUNCTION guardrail_admit();

CREATE FUNCTION guardrail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'guardrail: a record is never changed or deleted, a log only grows'
        USING ERRCODE = '23514';
END
$$;

CREATE TRIGGER guardrail_record_changed BEFORE UPDATE OR DELETE ON guardrail_record
    FOR EACH ROW EXECUTE FUNCTION guardrail_refuse();
CREATE TRIGGER guardrail_record_emptied BEFORE TRUNCATE ON guardrail_record
    FOR EACH STATEMENT EXECUTE FUNCTION guardrail_refuse();
CREATE TRIGGER guardrail_log_changed BEFORE UPDATE ON guardrail_log
    FOR EACH ROW
    WHEN (NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.last <> OLD.last + 1)
    EXECUTE FUNCTION guardrail_refuse();
CREATE TRIGGER guardrail_log_deleted BEFORE DELETE ON guardrail_log
    FOR EACH ROW EXECUTE FUNCTION guardrail_refuse();
CREATE TRIGGER guardrail_log_emptied BEFORE TRUNCATE ON guardrail_log
    FOR EACH STATEMENT EXECUTE FUNCTION guardrail_refuse();
