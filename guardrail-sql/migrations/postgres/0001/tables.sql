-- Logs, their records, and what the records have come to.
--
-- A program only ever inserts into guardrail_record. Triggers hold every record against the rules of
-- a request's life, and keep the head of its log and the standing of its stream, in the same
-- transaction. Everything but guardrail_log's names and guardrail_record can be made again from
-- guardrail_record.

-- One row a log: its head.
CREATE TABLE {schema}.guardrail_log (
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
CREATE TABLE {schema}.guardrail_record (
    log    BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    id     TEXT COLLATE pg_catalog."C" NOT NULL CHECK (length(id) = 36),
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
    -- Not by the log first: a place in a log is then found by one index, whatever the planner thinks
    -- of tables that grow.
    UNIQUE (id, log, ver),
    -- A stream begins new; and only the log's own is ever new behind an event.
    CHECK (ver > 1 OR was = 'new'),
    CHECK ((id = '00000000-0000-0000-0000-000000000000') = (became = 'new'))
);

-- One person, one vote.
CREATE UNIQUE INDEX guardrail_vote ON {schema}.guardrail_record (log, id, person)
    WHERE event = 'voted';

-- Where each stream stands.
CREATE TABLE {schema}.guardrail_stream (
    log       BIGINT NOT NULL,
    id        TEXT COLLATE pg_catalog."C" NOT NULL,
    version   BIGINT NOT NULL,
    state     TEXT NOT NULL,
    digest    TEXT,
    first     BIGINT NOT NULL,
    last      BIGINT NOT NULL,
    -- The writer that started the body, where it was started.
    starter   BIGINT NOT NULL DEFAULT 0,
    -- Who looks after it: the writer that made it, until another takes it up and says so.
    attendant BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id, log)
);

CREATE INDEX guardrail_open ON {schema}.guardrail_stream (log, first)
    WHERE state IN ('pending', 'approved', 'started');

-- Who writes, and when it last said so. Beside the log: it can be lost.
CREATE TABLE {schema}.guardrail_writer (
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
CREATE TABLE {schema}.guardrail_arrow (
    event  TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (event, was, became)
);

INSERT INTO {schema}.guardrail_arrow (event, was, became) VALUES
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
    ('resolved', 'unknown', 'resolved'),
    ('retried', 'unknown', 'started'),
    -- Of the log itself, which is new for ever.
    ('opened', 'new', 'new'),
    ('policy_loaded', 'new', 'new'),
    ('recovered', 'new', 'new'),
    ('redacted', 'new', 'new'),
    ('rotated', 'new', 'new');

-- Notes change nothing, wherever a request stands.
WITH note (event) AS (VALUES
    ('posted'), ('commented'), ('vote_refused'), ('approver_left'), ('escalated'), ('attended')
), place (state) AS (VALUES
    ('pending'), ('approved'), ('started'), ('refused'), ('denied'), ('expired'), ('withdrawn'),
    ('lapsed'), ('completed'), ('failed'), ('aborted'), ('unknown'), ('resolved')
)
INSERT INTO {schema}.guardrail_arrow (event, was, became)
SELECT event, state, state FROM note CROSS JOIN place;
