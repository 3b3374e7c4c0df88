-- How offers fare, told by one replica to the others, so that ten of them do not discover the same outage ten times. What is lost with
-- a crash is discovered again: the table is not written to the log, and no commit waits for it.

CREATE UNLOGGED TABLE coderoute.health (
    offer text NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    replica text NOT NULL,
    told jsonb NOT NULL,
    PRIMARY KEY (offer, kind)
);
COMMENT ON COLUMN coderoute.health.told IS 'Limits or latencies; times are seconds from `at`, so that clocks need not agree.';

-- p_told: objects with `offer`, `kind` and what is `told`, each pair once. Rows are written in the order of their names, so that no two
-- replicas wait for each other.
CREATE FUNCTION coderoute.tell_health(p_replica text, p_told jsonb) RETURNS bigint LANGUAGE sql VOLATILE AS
$$
    INSERT INTO coderoute.health (offer, kind, at, replica, told)
    SELECT t ->> 'offer', t ->> 'kind', coderoute.moment(), p_replica, t -> 'told' FROM jsonb_array_elements(p_told) AS t ORDER BY 1, 2
    ON CONFLICT (offer, kind) DO UPDATE SET at = excluded.at, replica = excluded.replica, told = excluded.told;
    SELECT count(pg_notify('coderoute_health', (t || jsonb_build_object('replica', p_replica))::text))
    FROM jsonb_array_elements(p_told) AS t;
$$;
