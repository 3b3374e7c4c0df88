-- Why a call went where it went, in words: for who looks at it later, at whatever replica.

CREATE TABLE coderoute.explanations (
    decision text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT coderoute.moment(),
    words text NOT NULL
);
COMMENT ON COLUMN coderoute.explanations.decision IS 'That of `calls`: a decision can have several calls, where one failed.';
CREATE INDEX calls_by_decision ON coderoute.calls (decision);
