-- What the audit is filtered by, narrow and in the order in which it is read: a filter that next to
-- nothing matches looks through these, and not through the rows.
CREATE INDEX decisions_facts ON decisions (
    seq, ts, session_id, decision, outcome, json_extract(body, '$.toolName'),
    json_extract(body, '$.policyId'), json_extract(body, '$.ruleId'), json_extract(body, '$.actor')
);

CREATE INDEX audit_facts ON audit (seq, ts, kind);
