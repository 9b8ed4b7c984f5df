-- The rules of a request's life, as triggers.
--
-- They run as the owner of the tables, so that a program needs no right but to insert records. They
-- find functions and operators in pg_catalog alone, and tables by their whole name: whoever may
-- create something in this schema, or a temporary table, puts nothing of theirs in between.

-- The records of one statement are judged together: their head moves once, and each request once.
-- Nothing is looked for but by an index: a plan that was made for small tables serves large ones.
CREATE FUNCTION {schema}.guardrail_admit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET enable_seqscan = off AS $$
DECLARE
    why TEXT;
    ends BIGINT;
    many BIGINT;
    made BIGINT;
BEGIN
    -- Fired by another table it would move the head without a record.
    IF TG_RELID <> '{schema}.guardrail_record'::regclass::oid OR TG_OP <> 'INSERT'
        OR TG_WHEN <> 'AFTER' OR TG_LEVEL <> 'STATEMENT'
    THEN
        RAISE EXCEPTION 'guardrail: this is not the table of records' USING ERRCODE = '23514';
    END IF;
    -- Each against the one before it: of the log, and of its request. The first of either against
    -- what stood before the statement.
    SELECT (array_agg(wrong ORDER BY seq) FILTER (WHERE wrong IS NOT NULL))[1], max(seq), count(*)
    INTO why, ends, many
    FROM (
        SELECT came.seq, CASE
            WHEN arrow.event IS NULL THEN 'this event cannot follow'
            WHEN (came.seq = coalesce(came.last, head.last) + 1
                AND came.log = coalesce(came.last_log, came.log)
                AND came.prev = coalesce(came.last_leaf, head.leaf)
                AND came.time >= coalesce(came.last_time, head.time)) IS NOT TRUE
            THEN 'this is not the next record of the log'
            WHEN (came.ver = coalesce(came.version, stood.version, 0) + 1
                AND came.was = coalesce(came.state, stood.state, 'new')
                AND (came.event NOT IN ('voted', 'started', 'retried')
                    OR came.digest = coalesce(stood.digest, came.asked))) IS NOT TRUE
            THEN 'this is not the next event of the request, or has another digest'
            -- What a record is said to be is what its line says.
            WHEN (starts_with(line, begins || '"event":{"name":"' || came.event || '"')
                    OR substr(line, octet_length(begins) + 1, 99)
                        ~ ('^"more":[1-9][0-9]*,"event":\{"name":"' || came.event || '"')
                    AND starts_with(line, begins)) IS NOT TRUE
                OR substr(convert_to(line, 'UTF8'), octet_length(line) - 75)
                    IS DISTINCT FROM convert_to('},"prev":"' || came.prev || '"}', 'UTF8')
            THEN 'the line of this record says otherwise'
        END AS wrong
        FROM (
            SELECT log, seq, id, ver, event, was, became, digest, time, writer, prev, line,
                lag(log) OVER whole AS last_log, lag(seq) OVER whole AS last,
                lag(leaf) OVER whole AS last_leaf, lag(time) OVER whole AS last_time,
                lag(ver) OVER its AS version, lag(became) OVER its AS state,
                first_value(digest) OVER its AS asked
            FROM fresh
            WINDOW whole AS (ORDER BY seq), its AS (PARTITION BY log, id ORDER BY seq)
        ) came
        LEFT JOIN {schema}.guardrail_arrow arrow
            ON arrow.event = came.event AND arrow.was = came.was AND arrow.became = came.became
        -- One by one: a plan made for few rows must do for many.
        LEFT JOIN LATERAL (
            SELECT last, leaf, time, its.id FROM {schema}.guardrail_log its
            WHERE number = came.log LIMIT 1
        ) head ON true
        LEFT JOIN LATERAL (
            SELECT version, state, its.digest FROM {schema}.guardrail_stream its
            WHERE its.log = came.log AND its.id = came.id LIMIT 1
        ) stood ON true
        CROSS JOIN LATERAL (
            SELECT '{"v":1,"log":"' || head.id || '","seq":' || came.seq || ',"time":"'
                || to_char(timestamp 'epoch' + came.time * interval '1 microsecond',
                    'YYYY-MM-DD"T"HH24:MI:SS.US')
                || 'Z","writer":' || came.writer || ',"id":"' || came.id || '","ver":' || came.ver
                || ',' AS begins OFFSET 0
        ) said
    ) judged;
    IF why IS NOT NULL THEN
        RAISE EXCEPTION 'guardrail: %', why USING ERRCODE = '23514';
    END IF;
    IF many = 0 THEN
        RETURN NULL;
    END IF;
    -- Of these also what stands in the midst of it. PostgreSQL reads no JSON in which there is a NUL.
    PERFORM FROM (
        SELECT event, person, digest,
            CASE WHEN position('\u0000' IN line) = 0 THEN line
            ELSE regexp_replace(line, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g') END::jsonb
                #> '{event,data}' AS said
        -- Read once, not at every mention.
        FROM fresh WHERE event IN ('voted', 'started', 'retried') OFFSET 0
    ) came
    WHERE said ->> 'digest' IS DISTINCT FROM digest
        OR (event = 'voted' AND said ->> 'person' IS DISTINCT FROM person);
    IF FOUND THEN
        RAISE EXCEPTION 'guardrail: the line of this record says otherwise'
            USING ERRCODE = '23514';
    END IF;
    -- Asked again under the lock of the head: another may have written meanwhile.
    UPDATE {schema}.guardrail_log head SET last = its.seq, leaf = its.leaf, time = its.time
    FROM fresh its
    WHERE head.number = its.log AND its.seq = ends AND head.last = ends - many;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'guardrail: this is not the next record of the log'
            USING ERRCODE = '23514';
    END IF;
    INSERT INTO {schema}.guardrail_stream (log, id, version, state, digest, first, last, attendant)
    SELECT log, id, 1, became, digest, seq, seq, writer FROM fresh WHERE ver = 1;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made = many THEN
        RETURN NULL;
    END IF;
    UPDATE {schema}.guardrail_stream stood SET version = its.version, state = its.state,
        last = its.last, starter = coalesce(its.starter, stood.starter),
        attendant = coalesce(its.attendant, stood.attendant)
    FROM (
        SELECT log, id, max(ver) AS version, max(seq) AS last,
            (array_agg(became ORDER BY seq DESC))[1] AS state,
            (array_agg(writer ORDER BY seq DESC)
                FILTER (WHERE event IN ('started', 'retried')))[1] AS starter,
            (array_agg(writer ORDER BY seq DESC) FILTER (WHERE event = 'attended'))[1] AS attendant
        FROM fresh WHERE ver > 1 GROUP BY log, id OFFSET 0
    ) its
    WHERE stood.log = its.log AND stood.id = its.id;
    RETURN NULL;
END
$$;

-- The head is where the last record is, whoever moves it.
CREATE FUNCTION {schema}.guardrail_grow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.number <> OLD.number OR NEW.name <> OLD.name OR NEW.id <> OLD.id
        OR NEW.last <= OLD.last OR NOT EXISTS (
        SELECT 1 FROM {schema}.guardrail_record
        WHERE log = NEW.number AND seq = NEW.last AND leaf = NEW.leaf AND time = NEW.time
    ) THEN
        RAISE EXCEPTION 'guardrail: a record is never changed or deleted, a log only grows'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION {schema}.guardrail_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'guardrail: a record is never changed or deleted, a log only grows'
        USING ERRCODE = '23514';
END
$$;

-- Whoever may call a function may make it the trigger of a table of their own.
REVOKE EXECUTE ON FUNCTION {schema}.guardrail_admit(), {schema}.guardrail_grow(),
    {schema}.guardrail_refuse() FROM PUBLIC;

-- Behind the insertion: a row that is not inserted (ON CONFLICT DO NOTHING) moves nothing.
CREATE TRIGGER guardrail_record_admitted AFTER INSERT ON {schema}.guardrail_record
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.guardrail_admit();
CREATE TRIGGER guardrail_record_changed BEFORE DELETE OR UPDATE ON {schema}.guardrail_record
    FOR EACH ROW EXECUTE FUNCTION {schema}.guardrail_refuse();
CREATE TRIGGER guardrail_record_emptied BEFORE TRUNCATE ON {schema}.guardrail_record
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.guardrail_refuse();
CREATE TRIGGER guardrail_log_changed BEFORE UPDATE ON {schema}.guardrail_log
    FOR EACH ROW EXECUTE FUNCTION {schema}.guardrail_grow();
CREATE TRIGGER guardrail_log_deleted BEFORE DELETE ON {schema}.guardrail_log
    FOR EACH ROW EXECUTE FUNCTION {schema}.guardrail_refuse();
CREATE TRIGGER guardrail_log_emptied BEFORE TRUNCATE ON {schema}.guardrail_log
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.guardrail_refuse();
