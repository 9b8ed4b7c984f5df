-- Who looks after a request: the writer that made it, until another takes it up and says so.

ALTER TABLE guardrail_stream ADD COLUMN attendant INTEGER NOT NULL DEFAULT 0;

INSERT INTO guardrail_arrow (event, was, became) VALUES
    ('rotated', 'new', 'new'),
    ('attended', 'pending', 'pending'), ('attended', 'approved', 'approved'),
    ('attended', 'started', 'started'), ('attended', 'refused', 'refused'),
    ('attended', 'denied', 'denied'), ('attended', 'expired', 'expired'),
    ('attended', 'withdrawn', 'withdrawn'), ('attended', 'lapsed', 'lapsed'),
    ('attended', 'completed', 'completed'), ('attended', 'failed', 'failed'),
    ('attended', 'aborted', 'aborted'), ('attended', 'unknown', 'unknown');

DROP TRIGGER guardrail_record_first;
DROP TRIGGER guardrail_record_next;

CREATE TRIGGER guardrail_record_first BEFORE INSERT ON guardrail_record WHEN NEW.ver = 1 BEGIN
    INSERT INTO guardrail_stream (log, id, version, state, digest, first, last, attendant)
    VALUES (NEW.log, NEW.id, 1, NEW.became, NEW.digest, NEW.seq, NEW.seq, NEW.writer);
END;

CREATE TRIGGER guardrail_record_next BEFORE INSERT ON guardrail_record WHEN NEW.ver > 1 BEGIN
    UPDATE guardrail_stream
    SET version = NEW.ver, state = NEW.became, last = NEW.seq,
        starter = CASE WHEN NEW.event = 'started' THEN NEW.writer ELSE starter END,
        attendant = CASE WHEN NEW.event = 'attended' THEN NEW.writer ELSE attendant END
    WHERE log = NEW.log AND id = NEW.id AND version = NEW.ver - 1 AND state = NEW.was
        AND (NEW.event NOT IN ('voted', 'started') OR digest = NEW.digest);
    SELECT RAISE(ABORT, 'guardrail: this is not the next event of the request, or has another digest')
    WHERE changes() <> 1;
END;
