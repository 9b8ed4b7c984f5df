-- What the role of a program that uses guardrail may do: insert records, read, lock the head of a
-- log, keep heads, and say that it is there. It can change and delete no record and no head.
GRANT INSERT ON guardrail_record, guardrail_head TO {role};
GRANT SELECT ON guardrail_schema, guardrail_log, guardrail_record, guardrail_stream, guardrail_arrow,
    guardrail_head TO {role};
-- A lock takes this right; the column means nothing.
GRANT UPDATE (turn) ON guardrail_log TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON guardrail_writer TO {role};
-- What redacted values were stands beside the log, and is erased.
GRANT SELECT, INSERT, UPDATE ON guardrail_opening TO {role};
