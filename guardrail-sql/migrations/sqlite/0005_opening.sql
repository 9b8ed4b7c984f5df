-- What redacted values were: beside the log, never in it. No trigger guards it, and rows may be deleted.

-- guardrail deletes no row: it overwrites salt and value with as many zeroes, in place. Deleting would
-- move other rows about, and a page from which a row was moved may keep a copy of it that nothing
-- finds any more, and nothing overwrites.
CREATE TABLE guardrail_opening (
    -- Rows are only ever added at the end.
    number     INTEGER PRIMARY KEY,
    log        INTEGER NOT NULL,
    request    TEXT NOT NULL CHECK (length(request) = 36),
    commitment TEXT NOT NULL CHECK (length(commitment) = 64),
    -- 1: salt and value are nothing but zeroes.
    erased     INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    place      BLOB NOT NULL,
    salt       BLOB NOT NULL CHECK (length(salt) = 32),
    value      BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX guardrail_opening_label ON guardrail_opening (log, request, commitment);
