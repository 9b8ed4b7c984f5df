-- The heads that were signed, for the log keeps what it has told others.

CREATE TABLE guardrail_head (
    log  INTEGER NOT NULL,
    -- How many records it covers: one head a size, whoever signs.
    size INTEGER NOT NULL CHECK (size >= 1),
    -- The right edge of the Merkle tree over all of them but the last, 64 hexadecimal digits a
    -- hash. With that record it leads to the root that was signed, or it is not believed.
    edge TEXT NOT NULL CHECK (length(edge) <= 4096),
    -- The signed note.
    note TEXT NOT NULL CHECK (length(note) <= 262144),
    PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER guardrail_head_before BEFORE INSERT ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never changed')
    WHERE EXISTS (SELECT 1 FROM guardrail_head WHERE log = NEW.log AND size = NEW.size);
    SELECT RAISE(ABORT, 'guardrail: a head is of records that are there')
    WHERE NOT EXISTS (
        SELECT 1 FROM guardrail_log AS its JOIN guardrail_record ON log = number AND seq = NEW.size
        WHERE number = NEW.log
            AND substr(NEW.note, 1, length(its.id) + length(NEW.size) + 12)
                = 'guardrail/' || its.id || char(10) || NEW.size || char(10)
    );
END;

CREATE TRIGGER guardrail_head_changed BEFORE UPDATE ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never changed');
END;

CREATE TRIGGER guardrail_head_deleted BEFORE DELETE ON guardrail_head BEGIN
    SELECT RAISE(ABORT, 'guardrail: a head is never deleted');
END;
