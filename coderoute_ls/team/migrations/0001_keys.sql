-- Keys of people and machines, and what was changed by whom.

CREATE FUNCTION coderoute.moment() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() $$;
COMMENT ON FUNCTION coderoute.moment() IS
    'The only clock of leases, windows and expiry: that of the database, whatever the clocks of the replicas say.';

CREATE TABLE coderoute.keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text NOT NULL UNIQUE,
    hash bytea NOT NULL UNIQUE,
    user_name text NOT NULL CHECK (user_name <> ''),
    team text NOT NULL DEFAULT '',
    faces text[],
    models text[],
    lowest_floor double precision,
    highest_floor double precision,
    rights text[] NOT NULL DEFAULT '{ask}',
    created_at timestamptz NOT NULL DEFAULT coderoute.moment(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON COLUMN coderoute.keys.hash IS 'SHA-256 of the key: a key has 256 random bits, nothing slower protects it better.';
COMMENT ON COLUMN coderoute.keys.faces IS 'Faces that it may use, models (globs) that it may ask; NULL is all.';

CREATE TABLE coderoute.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT coderoute.moment(),
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);

CREATE FUNCTION coderoute.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$;

CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON coderoute.audit
    FOR EACH STATEMENT EXECUTE FUNCTION coderoute.refuse_change();

-- Replicas remember keys for some seconds: they hear at once of a change.
CREATE FUNCTION coderoute.tell_key() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('coderoute_keys', NEW.id::text); RETURN NULL; END $$;

CREATE TRIGGER key_was_changed AFTER UPDATE ON coderoute.keys FOR EACH ROW EXECUTE FUNCTION coderoute.tell_key();
