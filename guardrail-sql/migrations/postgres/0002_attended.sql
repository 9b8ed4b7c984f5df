-- Who looks after a request: the writer that made it, until another takes it up and says so.

ALTER TABLE guardrail_stream ADD COLUMN attendant BIGINT NOT NULL DEFAULT 0;

INSERT INTO guardrail_arrow (event, was, became) VALUES
    ('rotated', 'new', 'new'),
    ('attended', 'pending', 'pending'), ('attended', 'approved', 'approved'),
    ('attended', 'started', 'started'), ('attended', 'refused', 'refused'),
    ('attended', 'denied', 'denied'), ('attended', 'expired', 'expired'),
    ('attended', 'withdrawn', 'withdrawn'), ('attended', 'lapsed', 'lapsed'),
    ('attended', 'completed', 'completed'), ('attended', 'failed', 'failed'),
    ('attended', 'aborted', 'aborted'), ('attended', 'unknown', 'unknown');

CREATE OR REPLACE FUNCTION guardrail_admit() RETURNS trigger
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
        INSERT INTO guardrail_stream (log, id, version, state, digest, first, last,
                                      attendant)
        VALUES (NEW.log, NEW.id, 1, NEW.became, NEW.digest, NEW.seq, NEW.seq,
                NEW.writer);
    ELSE
        UPDATE guardrail_stream
        SET version = NEW.ver, state = NEW.became, last = NEW.seq,
            starter = CASE WHEN NEW.event = 'started' THEN NEW.writer ELSE starter END,
            attendant = CASE WHEN NEW.event = 'attended' THEN NEW.writer ELSE attendant END
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
