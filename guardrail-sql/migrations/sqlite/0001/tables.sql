-- Logs, their records, and what the records have come to.
--
-- A program only ever inserts into guardrail_record. Triggers hold every record against the rules of
-- a request's life, and keep the head of its log and the list of open requests, in the same
-- transaction. Everything but guardrail_log's names and guardrail_record can be made again from
-- guardrail_record.

-- One row a log: its head.
CREATE TABLE guardrail_log (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    id     TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
    -- The last record: its place, its leaf hash, its time in microseconds since 1970.
    last   INTEGER NOT NULL DEFAULT 0 CHECK (last >= 0),
    leaf   TEXT NOT NULL CHECK (length(leaf) = 64),
    time   INTEGER NOT NULL
) STRICT;

-- One row an event. `line` is the sealed line; the columns say again what the rules need of it.
CREATE TABLE guardrail_record (
    log    INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    id     TEXT NOT NULL CHECK (length(id) = 36),
    ver    INTEGER NOT NULL CHECK (ver >= 1),
    event  TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    -- Of the intent, of what a voter saw, of what starts.
    digest TEXT CHECK (digest IS NOT NULL OR event NOT IN ('requested', 'voted', 'started')),
    -- Whose vote it is.
    person TEXT CHECK ((person IS NULL) = (event <> 'voted')),
    time   INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    prev   TEXT NOT NULL,
    leaf   TEXT NOT NULL CHECK (length(leaf) = 64),
    line   TEXT NOT NULL,
    UNIQUE (log, seq),
    UNIQUE (log, id, ver),
    -- A stream begins new; and only the log's own is ever new behind an event.
    CHECK (ver > 1 OR was = 'new'),
    CHECK ((id = '00000000-0000-0000-0000-000000000000') = (became = 'new'))
) STRICT;

-- One person, one vote.
CREATE UNIQUE INDEX guardrail_vote ON guardrail_record (log, id, person) WHERE event = 'voted';

-- The requests that are open, in the order in which they came. Nothing is judged by this table: where a
-- request stands is what its last record says.
CREATE TABLE guardrail_open (
    log    INTEGER NOT NULL,
    -- The place of its first record.
    first  INTEGER NOT NULL,
    id     TEXT NOT NULL,
    state  TEXT NOT NULL,
    -- The writer it rests on: that has started it; before, that made it or took it up and said so.
    holder INTEGER NOT NULL,
    PRIMARY KEY (log, first)
) STRICT, WITHOUT ROWID;

-- Who writes, and when it last said so. Beside the log: it can be lost.
CREATE TABLE guardrail_writer (
    log    INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    -- What tells on one machine whether the process is there: boot, process space, number, start.
    boot   TEXT,
    space  TEXT,
    pid    INTEGER NOT NULL,
    start  INTEGER NOT NULL,
    beat   INTEGER NOT NULL,
    -- The same by the clock that all processes of one boot of the machine share.
    tick   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (log, writer)
) STRICT, WITHOUT ROWID;

-- The legal steps between states; a test compares them with the table in guardrail-core.
CREATE TABLE guardrail_arrow (
    event  TEXT NOT NULL,
    was    TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (event, was, became)
) STRICT, WITHOUT ROWID;

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
INSERT INTO guardrail_arrow (event, was, became)
SELECT event, state, state FROM note CROSS JOIN place;
