-- What nobody knows is resolved by a person, once; or is started again, where its policy says so.

INSERT INTO guardrail_arrow (event, was, became) VALUES
    ('resolved', 'unknown', 'resolved'),
    ('retried', 'unknown', 'started'),
    ('posted', 'resolved', 'resolved'),
    ('commented', 'resolved', 'resolved'),
    ('vote_refused', 'resolved', 'resolved'),
    ('approver_left', 'resolved', 'resolved'),
    ('escalated', 'resolved', 'resolved'),
    ('attended', 'resolved', 'resolved');

CREATE OR REPLACE FUNCTION guardrail_admit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    line JSON;
BEGIN
    -- Fired by another table it would move the head without a record.
    IF TG_RELID <> 'guardrail_record'::regclass OR TG_OP <> 'INSERT' OR TG_WHEN <> 'AFTER' THEN
        RAISE EXCEPTION 'guardrail: this is not the table of records' USING ERRCODE = '23514';
    END IF;
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
            starter = CASE WHEN NEW.event IN ('started', 'retried') THEN NEW.writer ELSE starter END,
            attendant = CASE WHEN NEW.event = 'attended' THEN NEW.writer ELSE attendant END
        WHERE log = NEW.log AND id = NEW.id AND version = NEW.ver - 1 AND state = NEW.was
            AND (NEW.event NOT IN ('voted', 'started', 'retried') OR digest = NEW.digest);
        IF NOT FOUND THEN
            RAISE EXCEPTION
                'guardrail: this is not the next event of the request, or has another digest'
                USING ERRCODE = '23514';
        END IF;
    END IF;
    -- PostgreSQL reads no JSON in which there is a NUL.
    line := CASE WHEN position('\u0000' IN NEW.line) = 0 THEN NEW.line
        ELSE regexp_replace(NEW.line, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g') END;
    IF (line ->> 'seq', line ->> 'id', line ->> 'ver', line ->> 'writer', line ->> 'prev',
        line #>> '{event,name}') IS DISTINCT FROM
       (NEW.seq::text, NEW.id, NEW.ver::text, NEW.writer::text, NEW.prev, NEW.event)
        OR (NEW.event = 'voted' AND line #>> '{event,data,person}' IS DISTINCT FROM NEW.person)
        OR (NEW.event IN ('voted', 'started', 'retried')
            AND line #>> '{event,data,digest}' IS DISTINCT FROM NEW.digest)
    THEN
        RAISE EXCEPTION 'guardrail: the line of this record says otherwise'
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END
$$;
