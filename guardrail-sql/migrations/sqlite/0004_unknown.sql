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

DROP TRIGGER guardrail_record_before;

CREATE TRIGGER guardrail_record_before BEFORE INSERT ON guardrail_record BEGIN
    -- -1: it is given none, and SQLite takes the next.
    SELECT RAISE(ABORT, 'guardrail: a record does not choose its row') WHERE NEW.rowid <> -1;
    SELECT RAISE(ABORT, 'guardrail: this event cannot follow')
    WHERE NOT EXISTS (
        SELECT 1 FROM guardrail_arrow
        WHERE event = NEW.event AND was = NEW.was AND became = NEW.became
    );
    SELECT RAISE(ABORT, 'guardrail: one person, one vote')
    WHERE NEW.event = 'voted' AND EXISTS (
        SELECT 1 FROM guardrail_record
        WHERE log = NEW.log AND id = NEW.id AND person = NEW.person AND event = 'voted'
    );
    SELECT RAISE(ABORT, 'guardrail: this is not the next record of the log')
    WHERE NOT EXISTS (
        SELECT 1 FROM guardrail_log
        WHERE number = NEW.log AND last = NEW.seq - 1 AND leaf = NEW.prev AND time <= NEW.time
    );
    SELECT RAISE(ABORT, 'guardrail: this is not the next event of the request, or has another digest')
    WHERE NOT iif(
        NEW.ver = 1,
        NOT EXISTS (SELECT 1 FROM guardrail_stream WHERE log = NEW.log AND id = NEW.id),
        EXISTS (
            SELECT 1 FROM guardrail_stream
            WHERE log = NEW.log AND id = NEW.id AND version = NEW.ver - 1 AND state = NEW.was
                AND (NEW.event NOT IN ('voted', 'started', 'retried') OR digest = NEW.digest)
        )
    );
END;

DROP TRIGGER guardrail_record_admitted;

CREATE TRIGGER guardrail_record_admitted AFTER INSERT ON guardrail_record BEGIN
    SELECT RAISE(ABORT, 'guardrail: a record does not choose its row') WHERE NEW.rowid < 1;
    SELECT RAISE(ABORT, 'guardrail: the line of this record says otherwise')
    WHERE NEW.line ->> '$.seq' IS NOT NEW.seq OR NEW.line ->> '$.id' IS NOT NEW.id
        OR NEW.line ->> '$.ver' IS NOT NEW.ver OR NEW.line ->> '$.writer' IS NOT NEW.writer
        OR NEW.line ->> '$.prev' IS NOT NEW.prev
        OR NEW.line ->> '$.event.name' IS NOT NEW.event
        OR (NEW.event = 'voted' AND NEW.line ->> '$.event.data.person' IS NOT NEW.person)
        OR (NEW.event IN ('voted', 'started', 'retried')
            AND NEW.line ->> '$.event.data.digest' IS NOT NEW.digest);
    UPDATE guardrail_log SET last = NEW.seq, leaf = NEW.leaf, time = NEW.time
    WHERE number = NEW.log;
    -- As of version 1 there is none: it was looked for before.
    INSERT INTO guardrail_stream (log, id, version, state, digest, first, last, attendant)
    SELECT NEW.log, NEW.id, 1, NEW.became, NEW.digest, NEW.seq, NEW.seq, NEW.writer
    WHERE NEW.ver = 1;
    UPDATE guardrail_stream
    SET version = NEW.ver, state = NEW.became, last = NEW.seq,
        starter = iif(NEW.event IN ('started', 'retried'), NEW.writer, starter),
        attendant = iif(NEW.event = 'attended', NEW.writer, attendant)
    WHERE NEW.ver > 1 AND log = NEW.log AND id = NEW.id;
END;

DROP TRIGGER guardrail_stream_changed;

CREATE TRIGGER guardrail_stream_changed BEFORE UPDATE ON guardrail_stream BEGIN
    SELECT RAISE(ABORT, 'guardrail: a request stands where its records say')
    WHERE NEW.log <> OLD.log OR NEW.id <> OLD.id OR NEW.first <> OLD.first
        OR NEW.digest IS NOT OLD.digest OR NEW.version <> OLD.version + 1
        OR NOT EXISTS (
            SELECT 1 FROM guardrail_record
            WHERE log = NEW.log AND seq = NEW.last AND id = NEW.id AND ver = NEW.version
                AND became = NEW.state
                AND NEW.starter = iif(event IN ('started', 'retried'), writer, OLD.starter)
                AND NEW.attendant = iif(event = 'attended', writer, OLD.attendant)
        );
END;
