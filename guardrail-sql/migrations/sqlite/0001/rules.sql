-- The rules of a request's life, as triggers.
--
-- They run for every record. Three words are compared one by one: of a list of three SQLite makes a table,
-- each time. An `INSERT .. SELECT` makes one, too, where the table has triggers.

-- Before it is there: an `INSERT OR REPLACE` would take an earlier record away, and fire no trigger
-- for it. Nothing is changed here: a row that is not inserted (`OR IGNORE`) moves nothing.
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
        NOT EXISTS (SELECT 1 FROM guardrail_record WHERE log = NEW.log AND id = NEW.id),
        (NEW.ver - 1, NEW.was) IS (
            SELECT ver, became FROM guardrail_record
            WHERE log = NEW.log AND id = NEW.id ORDER BY ver DESC LIMIT 1
        )
        AND (NOT (NEW.event = 'voted' OR NEW.event = 'started' OR NEW.event = 'retried') OR EXISTS (
            SELECT 1 FROM guardrail_record
            WHERE log = NEW.log AND id = NEW.id AND ver = 1 AND digest = NEW.digest
        ))
    );
END;

-- A record takes effect once it is there, and its columns say what its line says.
CREATE TRIGGER guardrail_record_admitted AFTER INSERT ON guardrail_record BEGIN
    SELECT RAISE(ABORT, 'guardrail: a record does not choose its row') WHERE NEW.rowid < 1;
    SELECT RAISE(ABORT, 'guardrail: the line of this record says otherwise')
    FROM (
        SELECT '{"v":1,"log":"' || id || '","seq":' || NEW.seq || ',"time":"'
            || strftime('%Y-%m-%dT%H:%M:%S', NEW.time / 1000000, 'unixepoch')
            || printf('.%06dZ","writer":', NEW.time % 1000000) || NEW.writer || ',"id":"' || NEW.id
            || '","ver":' || NEW.ver || ',' AS begins,
            ('"event":{"name":"' || NEW.event || '"') AS says
        FROM guardrail_log WHERE number = NEW.log
    )
    -- Not by OR: outside of a condition SQLite asks both sides of that, and puts `begins` together at
    -- every mention.
    WHERE iif(
            instr(NEW.line, begins || says) = 1,
            TRUE,
            instr(NEW.line, begins || '"more":') = 1
                AND substr(NEW.line, length(begins) + 8, 1) BETWEEN '1' AND '9'
                AND instr(ltrim(substr(NEW.line, length(begins) + 8), '0123456789'), ',' || says) = 1
        ) IS NOT TRUE
        -- As bytes: from the end of a text SQLite counts its letters.
        OR substr(CAST(NEW.line AS BLOB), -76)
            IS NOT CAST('},"prev":"' || NEW.prev || '"}' AS BLOB)
        OR (NEW.event = 'voted' AND NEW.line ->> '$.event.data.person' IS NOT NEW.person)
        OR ((NEW.event = 'voted' OR NEW.event = 'started' OR NEW.event = 'retried')
            AND NEW.line ->> '$.event.data.digest' IS NOT NEW.digest);
    UPDATE guardrail_log SET last = NEW.seq, leaf = NEW.leaf, time = NEW.time
    WHERE number = NEW.log;
END;

CREATE TRIGGER guardrail_record_opened AFTER INSERT ON guardrail_record
WHEN (NEW.event = 'requested' AND NEW.became <> 'refused') OR NEW.event = 'retried' BEGIN
    INSERT INTO guardrail_open (log, first, id, state, holder) VALUES (
        NEW.log,
        iif(NEW.ver = 1, NEW.seq, (
            SELECT seq FROM guardrail_record WHERE log = NEW.log AND id = NEW.id AND ver = 1
        )),
        NEW.id, NEW.became, NEW.writer
    );
END;

CREATE TRIGGER guardrail_record_moved AFTER INSERT ON guardrail_record
WHEN NEW.was = 'pending' OR NEW.was = 'approved' OR NEW.was = 'started' BEGIN
    UPDATE guardrail_open
    SET state = NEW.became, holder = iif(
        NEW.event = 'started' OR (NEW.event = 'attended' AND NEW.became <> 'started'),
        NEW.writer, holder)
    WHERE (NEW.became = 'pending' OR NEW.became = 'approved' OR NEW.became = 'started')
        AND log = NEW.log AND first = (
            SELECT seq FROM guardrail_record WHERE log = NEW.log AND id = NEW.id AND ver = 1
        );
    DELETE FROM guardrail_open
    WHERE NOT (NEW.became = 'pending' OR NEW.became = 'approved' OR NEW.became = 'started')
        AND log = NEW.log AND first = (
            SELECT seq FROM guardrail_record WHERE log = NEW.log AND id = NEW.id AND ver = 1
        );
END;

CREATE TRIGGER guardrail_record_changed BEFORE UPDATE ON guardrail_record BEGIN
    SELECT RAISE(ABORT, 'guardrail: a record is never changed');
END;

CREATE TRIGGER guardrail_record_deleted BEFORE DELETE ON guardrail_record BEGIN
    SELECT RAISE(ABORT, 'guardrail: a record is never deleted');
END;

CREATE TRIGGER guardrail_log_made BEFORE INSERT ON guardrail_log BEGIN
    SELECT RAISE(ABORT, 'guardrail: a log is not made anew')
    WHERE EXISTS (
        SELECT 1 FROM guardrail_log
        WHERE number = NEW.number OR name = NEW.name OR id = NEW.id
    );
END;

CREATE TRIGGER guardrail_log_changed BEFORE UPDATE ON guardrail_log
WHEN NEW.number <> OLD.number OR NEW.name <> OLD.name OR NEW.id <> OLD.id
    OR NEW.last <> OLD.last + 1 OR NOT EXISTS (
        SELECT 1 FROM guardrail_record
        WHERE log = NEW.number AND seq = NEW.last AND leaf = NEW.leaf AND time = NEW.time
    )
BEGIN
    SELECT RAISE(ABORT, 'guardrail: a log only grows');
END;

CREATE TRIGGER guardrail_log_deleted BEFORE DELETE ON guardrail_log BEGIN
    SELECT RAISE(ABORT, 'guardrail: a log is never deleted');
END;

-- What is open is what the last record of a request has just made of it, and nothing else.
CREATE TRIGGER guardrail_open_made BEFORE INSERT ON guardrail_open BEGIN
    SELECT RAISE(ABORT, 'guardrail: a request is open where its records say so')
    WHERE (NEW.first, NEW.state, NEW.holder) IS NOT (
        SELECT CASE
            WHEN event = 'requested' AND became <> 'refused' THEN seq
            WHEN event = 'retried' THEN (
                SELECT seq FROM guardrail_record WHERE log = NEW.log AND id = NEW.id AND ver = 1
            )
        END, became, writer
        FROM guardrail_record WHERE log = NEW.log AND id = NEW.id ORDER BY ver DESC LIMIT 1
    );
END;

CREATE TRIGGER guardrail_open_changed BEFORE UPDATE ON guardrail_open BEGIN
    SELECT RAISE(ABORT, 'guardrail: a request is open where its records say so')
    WHERE (NEW.log, NEW.first, NEW.id) IS NOT (OLD.log, OLD.first, OLD.id)
        OR NOT (NEW.state = 'pending' OR NEW.state = 'approved' OR NEW.state = 'started')
        OR (NEW.state, NEW.holder) IS NOT (
            SELECT became, iif(
                event = 'started' OR (event = 'attended' AND became <> 'started'),
                writer, OLD.holder)
            FROM guardrail_record WHERE log = OLD.log AND id = OLD.id ORDER BY ver DESC LIMIT 1
        );
END;

CREATE TRIGGER guardrail_open_deleted BEFORE DELETE ON guardrail_open BEGIN
    SELECT RAISE(ABORT, 'guardrail: a request is open where its records say so')
    WHERE (
        SELECT became = 'pending' OR became = 'approved' OR became = 'started'
        FROM guardrail_record WHERE log = OLD.log AND id = OLD.id ORDER BY ver DESC LIMIT 1
    );
END;
