-- What redacted values were: beside the log, never in it. No trigger guards it, and rows are deleted.
CREATE TABLE guardrail_opening (
    log        BIGINT NOT NULL,
    request    TEXT COLLATE "C" NOT NULL CHECK (length(request) = 36),
    commitment TEXT COLLATE "C" NOT NULL CHECK (length(commitment) = 64),
    place      BYTEA NOT NULL,
    salt       BYTEA NOT NULL CHECK (length(salt) = 32),
    value      BYTEA NOT NULL,
    PRIMARY KEY (log, request, commitment)
);
