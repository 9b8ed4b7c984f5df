-- What stands beside a log: its signed heads, and what redacted values were.

-- The heads that were signed, for the log keeps what it has told others.
CREATE TABLE guardrail_head (
    log  INTEGER NOT NULL,
    -- How many records it covers: one head a size, whoever signs.
    size INTEGER NOT NULL CHECK (size >= 1),
    -- The right edge of the Merkle tree over all of them but the last, 64 hexadecimal digits a
    -- hash. With that record it leads to the root that was signed, or it is not believed.
    edge TEXT NOT NULL CHECK (
        length(edge) <= 4096 AND length(edge) % 64 = 0 AND edge NOT GLOB '*[^0-9a-f]*'),
    -- The signed note.
    note TEXT NOT NULL CHECK (length(note) <= 262144),
    PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;

-- A head has the form of one, and is of records that are there. Whether it was signed with a key that
-- is known takes a curve that SQL has not: whoever reads it finds out, and passes it over.
CREATE TRIGGER guardrail_head_before BEFORE INSERT ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never changed')
    WHERE EXISTS (SELECT 1 FROM guardrail_head WHERE log = NEW.log AND size = NEW.size);
    SELECT RAISE(ABORT, 'guardrail: a head is of records that are there')
    WHERE NOT EXISTS (
        SELECT 1 FROM guardrail_log AS its JOIN guardrail_record ON log = number AND seq = NEW.size
        WHERE number = NEW.log
            AND substr(NEW.note, 1, length(its.id) + length(NEW.size) + 12)
                = 'guardrail/' || its.id || char(10) || NEW.size || char(10)
            -- Behind it the base64 of 32 bytes, an empty line, and who signed.
            AND substr(NEW.note, length(its.id) + length(NEW.size) + 13) GLOB
                replace(hex(zeroblob(21)), '0', '[A-Za-z0-9+/]') || '[A-Za-z0-9+/]='
                || char(10) || char(10) || '* * *' || char(10)
    );
END;

CREATE TRIGGER guardrail_head_changed BEFORE UPDATE ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never changed');
END;

CREATE TRIGGER guardrail_head_deleted BEFORE DELETE ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never deleted');
END;

-- What redacted values were: beside the log, never in it. No trigger guards it, and rows may be deleted.
--
-- guardrail deletes no row: it overwrites salt and value with as many zeroes, in place. Deleting would
-- move other rows about, and a page from which a row was moved may keep a copy of it that nothing
-- finds any more, and nothing overwrites.
CREATE TABLE guardrail_opening (
    -- Rows are only ever added at the end.
    number     INTEGER PRIMARY KEY,
    log        INTEGER NOT NULL,
    request    TEXT NOT NULL CHECK (length(request) = 36),
    commitment TEXT NOT NULL CHECK (length(commitment) = 64),
    -- 1: salt and value are nothing but zeroes. The row stays: what was still on its way to be kept
    -- does not come back.
    erased     INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    place      BLOB NOT NULL,
    salt       BLOB NOT NULL CHECK (length(salt) = 32),
    value      BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX guardrail_opening_label ON guardrail_opening (log, request, commitment);
