-- The heads that were signed, for the log keeps what it has told others.

CREATE TABLE guardrail_head (
    log  BIGINT NOT NULL,
    -- How many records it covers: one head a size, whoever signs.
    size BIGINT NOT NULL CHECK (size >= 1),
    -- The right edge of the Merkle tree over all of them but the last, 64 hexadecimal digits a
    -- hash. With that record it leads to the root that was signed, or it is not believed.
    edge TEXT NOT NULL CHECK (length(edge) <= 4096),
    -- The signed note.
    note TEXT NOT NULL CHECK (octet_length(note) <= 262144),
    PRIMARY KEY (log, size)
);

CREATE FUNCTION guardrail_cover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM guardrail_log JOIN guardrail_record ON log = number AND seq = NEW.size
        WHERE number = NEW.log AND split_part(NEW.note, E'\n', 1) = 'guardrail/' || guardrail_log.id
            AND split_part(NEW.note, E'\n', 2) = NEW.size::text
    ) THEN
        RAISE EXCEPTION 'guardrail: a head is of records that are there' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION guardrail_cover() FROM PUBLIC;

CREATE TRIGGER guardrail_head_before BEFORE INSERT ON guardrail_head
    FOR EACH ROW EXECUTE FUNCTION guardrail_cover();
CREATE TRIGGER guardrail_head_changed BEFORE UPDATE OR DELETE ON guardrail_head
    FOR EACH ROW EXECUTE FUNCTION guardrail_refuse();
CREATE TRIGGER guardrail_head_emptied BEFORE TRUNCATE ON guardrail_head
    FOR EACH STATEMENT EXECUTE FUNCTION guardrail_refuse();
