-- What stands beside a log: its signed heads, and what redacted values were.

-- The heads that were signed, for the log keeps what it has told others.
CREATE TABLE {schema}.guardrail_head (
    log  BIGINT NOT NULL,
    -- How many records it covers: one head a size, whoever signs.
    size BIGINT NOT NULL CHECK (size >= 1),
    -- The right edge of the Merkle tree over all of them but the last, 64 hexadecimal digits a
    -- hash: one for each 1 in the binary form of their number. With that record it leads to the root
    -- that was signed, or it is not believed.
    edge TEXT NOT NULL CHECK (edge ~ '^[0-9a-f]*$'
        AND length(edge) = 64 * length(replace((size - 1)::bit(64)::text, '0', ''))),
    -- The signed note.
    note TEXT NOT NULL CHECK (octet_length(note) <= 262144),
    PRIMARY KEY (log, size)
);

-- A head has the form of one, and is of records that are there. Whether it was signed with a key that
-- is known takes a curve that SQL has not: whoever reads it finds out, and passes it over.
CREATE FUNCTION {schema}.guardrail_cover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM {schema}.guardrail_log its
        JOIN {schema}.guardrail_record ON log = number AND seq = NEW.size
        WHERE number = NEW.log AND split_part(NEW.note, E'\n', 1) = 'guardrail/' || its.id
            AND split_part(NEW.note, E'\n', 2) = NEW.size::text
            AND NEW.note ~ (E'^[^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n\n'
                || E'([^ \n]+ [^ \n]+ [A-Za-z0-9+/]+=*\n)+$')
    ) THEN
        RAISE EXCEPTION 'guardrail: a head is of records that are there' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION {schema}.guardrail_cover() FROM PUBLIC;

CREATE TRIGGER guardrail_head_before BEFORE INSERT ON {schema}.guardrail_head
    FOR EACH ROW EXECUTE FUNCTION {schema}.guardrail_cover();
CREATE TRIGGER guardrail_head_changed BEFORE DELETE OR UPDATE ON {schema}.guardrail_head
    FOR EACH ROW EXECUTE FUNCTION {schema}.guardrail_refuse();
CREATE TRIGGER guardrail_head_emptied BEFORE TRUNCATE ON {schema}.guardrail_head
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.guardrail_refuse();

-- What redacted values were: beside the log, never in it. No trigger guards it. Of what is erased the
-- row stays, with nothing in it: what was still on its way to be kept does not come back.
CREATE TABLE {schema}.guardrail_opening (
    log        BIGINT NOT NULL,
    request    TEXT COLLATE pg_catalog."C" NOT NULL CHECK (length(request) = 36),
    commitment TEXT COLLATE pg_catalog."C" NOT NULL CHECK (length(commitment) = 64),
    place      BYTEA,
    salt       BYTEA CHECK (length(salt) = 32),
    value      BYTEA,
    PRIMARY KEY (log, request, commitment),
    CHECK ((place IS NULL) = (value IS NULL) AND (salt IS NULL) = (value IS NULL))
);
