-- What the organisation allows: every version is kept, the last one holds.

CREATE TABLE coderoute.policies (
    version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document jsonb NOT NULL,
    max_age_s integer NOT NULL CHECK (max_age_s > 0),
    at timestamptz NOT NULL DEFAULT coderoute.moment()
);

CREATE FUNCTION coderoute.tell_policy() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('coderoute_policy', NEW.version::text); RETURN NULL; END $$;

CREATE TRIGGER policy_was_changed AFTER INSERT ON coderoute.policies FOR EACH ROW EXECUTE FUNCTION coderoute.tell_policy();
