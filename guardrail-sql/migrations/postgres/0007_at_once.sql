-- The records of one statement are judged together: their head moves once, and each request once.

DROP TRIGGER guardrail_record_admitted ON guardrail_record;

CREATE OR REPLACE FUNCTION guardrail_admit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    why TEXT;
    logs BIGINT;
    moved BIGINT;
BEGIN
    -- Fired by another table it would move the head without a record.
    IF TG_RELID <> 'guardrail_record'::regclass OR TG_OP <> 'INSERT' OR TG_WHEN <> 'AFTER'
        OR TG_LEVEL <> 'STATEMENT'
    THEN
        RAISE EXCEPTION 'guardrail: this is not the table of records' USING ERRCODE = '23514';
    END IF;
    -- Each against the one before it: of the log, and of its request. The first of either against
    -- what stood before the statement.
    SELECT CASE
        WHEN arrow.event IS NULL THEN 'this event cannot follow'
        WHEN (came.seq = coalesce(came.last, head.last) + 1
            AND came.prev = coalesce(came.last_leaf, head.leaf)
            AND came.time >= coalesce(came.last_time, head.time)) IS NOT TRUE
        THEN 'this is not the next record of the log'
        ELSE 'this is not the next event of the request, or has another digest' END
    INTO why
    FROM (
        SELECT log, seq, id, ver, event, was, became, digest, time, prev,
            lag(seq) OVER whole AS last, lag(leaf) OVER whole AS last_leaf,
            lag(time) OVER whole AS last_time,
            lag(ver) OVER its AS version, lag(became) OVER its AS state,
            max(digest) FILTER (WHERE ver = 1) OVER (PARTITION BY log, id) AS asked
        FROM fresh
        WINDOW whole AS (PARTITION BY log ORDER BY seq), its AS (PARTITION BY log, id ORDER BY seq)
    ) came
    LEFT JOIN guardrail_arrow arrow
        ON arrow.event = came.event AND arrow.was = came.was AND arrow.became = came.became
    -- One by one: a plan made for few rows must do for many.
    LEFT JOIN LATERAL (
        SELECT last, leaf, time FROM guardrail_log WHERE number = came.log LIMIT 1
    ) head ON true
    LEFT JOIN LATERAL (
        SELECT version, state, digest FROM guardrail_stream
        WHERE log = came.log AND id = came.id LIMIT 1
    ) stood ON true
    WHERE arrow.event IS NULL
        OR (came.seq = coalesce(came.last, head.last) + 1
            AND came.prev = coalesce(came.last_leaf, head.leaf)
            AND came.time >= coalesce(came.last_time, head.time)) IS NOT TRUE
        OR (came.ver = coalesce(came.version, stood.version, 0) + 1
            AND came.was = coalesce(came.state, stood.state, 'new')
            AND (came.event NOT IN ('voted', 'started', 'retried')
                OR came.digest = coalesce(stood.digest, came.asked))) IS NOT TRUE
    ORDER BY came.log, came.seq
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'guardrail: %', why USING ERRCODE = '23514';
    END IF;
    -- What a record is said to be is what its line says. PostgreSQL reads no JSON in which there is
    -- a NUL.
    PERFORM FROM (
        SELECT seq, id, ver, writer, prev, event, person, digest,
            CASE WHEN position('\u0000' IN line) = 0 THEN line
            ELSE regexp_replace(line, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g') END::jsonb AS said
        -- Read once, not at every mention.
        FROM fresh OFFSET 0
    ) came
    WHERE (said ->> 'seq', said ->> 'id', said ->> 'ver', said ->> 'writer', said ->> 'prev',
        said #>> '{event,name}') IS DISTINCT FROM
          (seq::text, id, ver::text, writer::text, prev, event)
        OR (event = 'voted' AND said #>> '{event,data,person}' IS DISTINCT FROM person)
        OR (event IN ('voted', 'started', 'retried')
            AND said #>> '{event,data,digest}' IS DISTINCT FROM digest);
    IF FOUND THEN
        RAISE EXCEPTION 'guardrail: the line of this record says otherwise'
            USING ERRCODE = '23514';
    END IF;
    -- Asked again under the lock of the head: another may have written meanwhile.
    WITH ends AS (
        SELECT DISTINCT ON (log) log, seq, leaf, time,
            min(seq) OVER (PARTITION BY log) AS first FROM fresh ORDER BY log, seq DESC
    ), moved AS (
        UPDATE guardrail_log SET last = ends.seq, leaf = ends.leaf, time = ends.time FROM ends
        WHERE number = ends.log AND guardrail_log.last = ends.first - 1
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM ends), (SELECT count(*) FROM moved) INTO logs, moved;
    IF moved <> logs THEN
        RAISE EXCEPTION 'guardrail: this is not the next record of the log'
            USING ERRCODE = '23514';
    END IF;
    INSERT INTO guardrail_stream AS stood
        (log, id, version, state, digest, first, last, starter, attendant)
    SELECT log, id, max(ver), (array_agg(became ORDER BY seq DESC))[1],
        max(digest) FILTER (WHERE ver = 1), min(seq), max(seq),
        coalesce((array_agg(writer ORDER BY seq DESC)
            FILTER (WHERE event IN ('started', 'retried')))[1], 0),
        coalesce((array_agg(writer ORDER BY seq DESC) FILTER (WHERE event = 'attended'))[1],
            (array_agg(writer) FILTER (WHERE ver = 1))[1], 0)
    FROM fresh GROUP BY log, id
    ON CONFLICT (log, id) DO UPDATE SET version = excluded.version, state = excluded.state,
        last = excluded.last,
        starter = CASE WHEN excluded.starter = 0 THEN stood.starter ELSE excluded.starter END,
        attendant = CASE WHEN excluded.attendant = 0 THEN stood.attendant
            ELSE excluded.attendant END;
    RETURN NULL;
END
$$;

-- The head is where the last record is, whoever moves it.
CREATE FUNCTION guardrail_grow() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF NEW.number <> OLD.number OR NEW.name <> OLD.name OR NEW.id <> OLD.id
        OR NEW.last <= OLD.last OR NOT EXISTS (
        SELECT 1 FROM guardrail_record
        WHERE log = NEW.number AND seq = NEW.last AND leaf = NEW.leaf AND time = NEW.time
    ) THEN
        RAISE EXCEPTION 'guardrail: a record is never changed or deleted, a log only grows'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION guardrail_grow() FROM PUBLIC;

DROP TRIGGER guardrail_log_changed ON guardrail_log;
CREATE TRIGGER guardrail_log_changed BEFORE UPDATE ON guardrail_log
    FOR EACH ROW EXECUTE FUNCTION guardrail_grow();

CREATE TRIGGER guardrail_record_admitted AFTER INSERT ON guardrail_record
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION guardrail_admit();
