-- Hard budgets. Each row of `budgets` holds what is spent and reserved in its present window; whoever changes any of them has locked
-- all rows that concern it, in the order of their ids. Money is whole billionths of a dollar (nusd), as in the ledger's file.

CREATE TABLE coderoute.budgets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    level text NOT NULL CHECK (level IN ('organisation', 'team', 'user', 'key', 'model')),
    subject text NOT NULL CHECK ((level = 'organisation') = (subject = '')),
    period text NOT NULL CHECK (period IN ('day', 'week', 'month', 'lifetime')),
    cap_nusd bigint NOT NULL CHECK (cap_nusd BETWEEN 0 AND 1000000000000000000),
    starts timestamptz NOT NULL,
    spent_nusd bigint NOT NULL DEFAULT 0 CHECK (spent_nusd >= 0),
    reserved_nusd bigint NOT NULL DEFAULT 0 CHECK (reserved_nusd >= 0),
    UNIQUE (level, subject, period)
) WITH (fillfactor = 50);
COMMENT ON COLUMN coderoute.budgets.subject IS 'The team, the user, the id of the key, the model; empty for the organisation.';
COMMENT ON COLUMN coderoute.budgets.starts IS 'Begin of the window that the two sums are of. They count as 0 once it is over.';

CREATE TABLE coderoute.reservations (
    id uuid PRIMARY KEY,
    key_id bigint NOT NULL,
    user_name text NOT NULL,
    team text NOT NULL,
    model text NOT NULL,
    nusd bigint NOT NULL CHECK (nusd > 0),
    budgets bigint[] NOT NULL,
    windows timestamptz[] NOT NULL,
    at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN coderoute.reservations.windows IS 'For each of `budgets` the window in which the money was set aside.';
CREATE INDEX reservations_by_expiry ON coderoute.reservations (expires_at);

-- Reservations whose replica died: their money is free again, and what their calls cost is not known.
CREATE TABLE coderoute.lapsed (LIKE coderoute.reservations INCLUDING DEFAULTS);
ALTER TABLE coderoute.lapsed ADD PRIMARY KEY (id);
CREATE INDEX lapsed_by_time ON coderoute.lapsed (at);

CREATE TABLE coderoute.calls (
    id text PRIMARY KEY,
    at timestamptz NOT NULL,
    key_id bigint,
    user_name text NOT NULL,
    team text NOT NULL,
    repository text NOT NULL,
    branch text NOT NULL,
    action text NOT NULL,
    decision text NOT NULL,
    offer text NOT NULL,
    model text NOT NULL,
    floor double precision,
    score double precision,
    input_tokens bigint,
    cached_tokens bigint,
    output_tokens bigint,
    expected_nusd bigint NOT NULL,
    billed_nusd bigint NOT NULL CHECK (billed_nusd >= 0),
    reserved_nusd bigint NOT NULL,
    late boolean NOT NULL,
    first_token_s double precision,
    total_s double precision,
    finish text NOT NULL,
    error text NOT NULL,
    answered_by text NOT NULL,
    strongest text NOT NULL,
    strongest_nusd bigint,
    single text NOT NULL,
    single_nusd bigint
);
COMMENT ON COLUMN coderoute.calls.reserved_nusd IS 'What was set aside; a call that cost more went over its bound.';
COMMENT ON COLUMN coderoute.calls.late IS 'Booked after its lease had ended: the money may have been set aside for others meanwhile.';
CREATE INDEX calls_by_time ON coderoute.calls (at);

CREATE FUNCTION coderoute.window_start(period text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT CASE period WHEN 'lifetime' THEN '-infinity'::timestamptz ELSE date_trunc(period, at, 'UTC') END $$;

-- The window in which a budget is: never an earlier one than before, also where the clock went back.
CREATE FUNCTION coderoute.present(b coderoute.budgets, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT greatest(b.starts, coderoute.window_start(b.period, at)) $$;

CREATE FUNCTION coderoute.used(b coderoute.budgets, at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN b.starts = coderoute.present(b, at) THEN b.spent_nusd + b.reserved_nusd ELSE 0 END $$;

-- Calls share this lock; who adds or removes a budget has it alone, so that a new budget counts each call once.
CREATE FUNCTION coderoute.share_budgets() RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock_shared(7239846523) $$;

CREATE FUNCTION coderoute.lock_budgets(p_user text, p_team text, p_key bigint, p_model text) RETURNS bigint[] LANGUAGE sql VOLATILE AS
$$
    SELECT coalesce(array_agg(id), '{}') FROM (
        SELECT id FROM coderoute.budgets
        WHERE (level, subject) IN (
            ('organisation', ''), ('team', p_team), ('user', p_user), ('key', p_key::text), ('model', p_model)
        )
        ORDER BY id FOR NO KEY UPDATE
    ) AS concerned
$$;

CREATE FUNCTION coderoute.concerns(level text, subject text, p_user text, p_team text, p_key bigint, p_model text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE level
        WHEN 'organisation' THEN true WHEN 'team' THEN subject = p_team WHEN 'user' THEN subject = p_user
        WHEN 'key' THEN subject = p_key::text ELSE subject = p_model
    END
$$;

-- Set money aside on every level, or on none. A repetition with the same id changes nothing.
CREATE FUNCTION coderoute.reserve(
    p_id uuid, p_key bigint, p_model text, p_nusd bigint, p_lease interval,
    OUT outcome text, OUT level text, OUT subject text, OUT period text, OUT cap_nusd bigint, OUT used_nusd bigint
) LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    now_ timestamptz := coderoute.moment();
    who record;
    ids bigint[];
    full_ coderoute.budgets;
BEGIN
    PERFORM coderoute.share_budgets();
    SELECT user_name, team INTO who FROM coderoute.keys k
    WHERE k.id = p_key AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now_);
    IF NOT FOUND THEN
        outcome := 'key';
        RETURN;
    END IF;
    ids := coderoute.lock_budgets(who.user_name, who.team, p_key, p_model);
    now_ := coderoute.moment();  -- the locks may have been waited for
    IF EXISTS (SELECT FROM coderoute.reservations r WHERE r.id = p_id) THEN
        outcome := 'reserved';
        RETURN;
    END IF;
    SELECT b.* INTO full_ FROM coderoute.budgets b
    WHERE b.id = ANY (ids) AND b.cap_nusd - coderoute.used(b, now_) < p_nusd ORDER BY b.id LIMIT 1;
    IF FOUND THEN
        outcome := 'refused';
        level := full_.level; subject := full_.subject; period := full_.period; cap_nusd := full_.cap_nusd;
        used_nusd := coderoute.used(full_, now_);
        RETURN;
    END IF;
    UPDATE coderoute.budgets b SET
        starts = coderoute.present(b, now_),
        spent_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.spent_nusd ELSE 0 END,
        reserved_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.reserved_nusd ELSE 0 END + p_nusd
    WHERE b.id = ANY (ids);
    INSERT INTO coderoute.reservations
    SELECT p_id, p_key, who.user_name, who.team, p_model, p_nusd, ids,
        coalesce(array_agg(b.starts ORDER BY b.id), '{}'), now_, now_ + p_lease
    FROM coderoute.budgets b WHERE b.id = ANY (ids)
    ON CONFLICT (id) DO NOTHING;
    outcome := 'reserved';
    SELECT b.level, b.subject, b.period, b.cap_nusd, b.spent_nusd + b.reserved_nusd
    INTO level, subject, period, cap_nusd, used_nusd
    FROM coderoute.budgets b WHERE b.id = ANY (ids)
    ORDER BY (b.spent_nusd + b.reserved_nusd)::float8 / greatest(b.cap_nusd, 1) DESC LIMIT 1;
END
$$;

-- Change the sums of these budgets, as far as they are still in these windows.
CREATE FUNCTION coderoute.post(p_budgets bigint[], p_windows timestamptz[], p_freed bigint, p_spent bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS
$$
BEGIN
    PERFORM FROM coderoute.budgets WHERE id = ANY (p_budgets) ORDER BY id FOR NO KEY UPDATE;
    UPDATE coderoute.budgets b SET reserved_nusd = b.reserved_nusd - p_freed, spent_nusd = b.spent_nusd + p_spent
    FROM unnest(p_budgets, p_windows) AS held (id, starts)
    WHERE b.id = held.id AND b.starts = held.starts;
END
$$;

-- The call is over: free what was set aside for it and book what it cost. p_call: a row of `calls` as JSON, without `at`,
-- `reserved_nusd` and `late`, and with what it cost in `billed_nusd`. Doing it again, with the same id of the call, changes nothing.
CREATE FUNCTION coderoute.settle(p_reservation uuid, p_call jsonb) RETURNS text LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    held coderoute.reservations;
    late boolean := false;
    call coderoute.calls := jsonb_populate_record(NULL::coderoute.calls, p_call);
    fresh boolean;
    ids bigint[];
    now_ timestamptz;
BEGIN
    PERFORM coderoute.share_budgets();
    DELETE FROM coderoute.reservations r WHERE r.id = p_reservation RETURNING r.* INTO held;
    IF held.id IS NULL AND p_reservation IS NOT NULL THEN
        DELETE FROM coderoute.lapsed l WHERE l.id = p_reservation RETURNING l.* INTO held;
        late := held.id IS NOT NULL;
    END IF;
    call.at := coalesce(held.at, coderoute.moment());
    call.reserved_nusd := coalesce(held.nusd, 0);
    call.late := late;
    INSERT INTO coderoute.calls SELECT call.* ON CONFLICT (id) DO NOTHING;
    fresh := FOUND;
    IF held.id IS NOT NULL THEN
        PERFORM coderoute.post(
            held.budgets, held.windows,
            CASE WHEN late THEN 0 ELSE held.nusd END, CASE WHEN fresh THEN call.billed_nusd ELSE 0 END
        );
    ELSIF fresh AND call.billed_nusd > 0 THEN  -- nothing was set aside: the database could not be reached, for example
        ids := coderoute.lock_budgets(call.user_name, call.team, call.key_id, call.model);
        now_ := coderoute.moment();
        UPDATE coderoute.budgets b SET
            starts = coderoute.present(b, now_),
            spent_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.spent_nusd ELSE 0 END + call.billed_nusd,
            reserved_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.reserved_nusd ELSE 0 END
        WHERE b.id = ANY (ids);
    END IF;
    RETURN CASE WHEN NOT fresh THEN 'known' WHEN late THEN 'late' ELSE 'settled' END;
END
$$;

-- The call never happened.
CREATE FUNCTION coderoute.release(p_reservation uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    held coderoute.reservations;
BEGIN
    PERFORM coderoute.share_budgets();
    DELETE FROM coderoute.reservations r WHERE r.id = p_reservation RETURNING r.* INTO held;
    IF FOUND THEN
        PERFORM coderoute.post(held.budgets, held.windows, held.nusd, 0);
    ELSE
        DELETE FROM coderoute.lapsed l WHERE l.id = p_reservation;
    END IF;
END
$$;

-- These calls are still under way. Returns those whose lease had not ended.
CREATE FUNCTION coderoute.renew(p_reservations uuid[], p_lease interval) RETURNS SETOF uuid LANGUAGE sql VOLATILE AS
$$
    UPDATE coderoute.reservations SET expires_at = coderoute.moment() + p_lease WHERE id IN (
        SELECT id FROM coderoute.reservations WHERE id = ANY (p_reservations) ORDER BY id FOR UPDATE
    ) RETURNING id
$$;

-- Free what nobody renewed, a thousand at a time. Returns how many reservations ended.
CREATE FUNCTION coderoute.end_leases() RETURNS integer LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    gone coderoute.reservations[];
BEGIN
    PERFORM coderoute.share_budgets();
    WITH ended AS (
        DELETE FROM coderoute.reservations WHERE id IN (
            SELECT id FROM coderoute.reservations WHERE expires_at <= coderoute.moment()
            ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
        ) RETURNING reservations
    )
    SELECT array_agg(reservations) INTO gone FROM ended;
    IF gone IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO coderoute.lapsed SELECT (g).* FROM unnest(gone) AS g;
    PERFORM FROM coderoute.budgets
    WHERE id IN (SELECT unnest(g.budgets) FROM unnest(gone) AS g) ORDER BY id FOR NO KEY UPDATE;
    UPDATE coderoute.budgets b SET reserved_nusd = b.reserved_nusd - freed.nusd
    FROM (
        SELECT held.id, held.starts, sum(g.nusd)::bigint AS nusd
        FROM unnest(gone) AS g, unnest(g.budgets, g.windows) AS held (id, starts) GROUP BY held.id, held.starts
    ) AS freed
    WHERE b.id = freed.id AND b.starts = freed.starts;
    RETURN cardinality(gone);
END
$$;

-- Add a budget, or give it another cap. A new one begins with what was spent, and is reserved, in its window: it counts each call once.
CREATE FUNCTION coderoute.set_budget(p_level text, p_subject text, p_period text, p_cap_nusd bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    made coderoute.budgets;
    begun timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7239846523);
    begun := coderoute.window_start(p_period, coderoute.moment());
    UPDATE coderoute.budgets b SET cap_nusd = p_cap_nusd
    WHERE (b.level, b.subject, b.period) = (p_level, p_subject, p_period) RETURNING b.* INTO made;
    IF FOUND THEN
        RETURN made.id;
    END IF;
    INSERT INTO coderoute.budgets (level, subject, period, cap_nusd, starts, spent_nusd)
    SELECT p_level, p_subject, p_period, p_cap_nusd, begun, coalesce(sum(c.billed_nusd), 0) FROM coderoute.calls c
    WHERE c.at >= begun AND coderoute.concerns(p_level, p_subject, c.user_name, c.team, c.key_id, c.model)
    RETURNING * INTO made;
    WITH held AS (
        UPDATE coderoute.reservations r SET budgets = r.budgets || made.id, windows = r.windows || made.starts
        WHERE r.at >= begun AND coderoute.concerns(p_level, p_subject, r.user_name, r.team, r.key_id, r.model)
        RETURNING r.nusd
    )
    UPDATE coderoute.budgets b SET reserved_nusd = (SELECT coalesce(sum(nusd), 0) FROM held) WHERE b.id = made.id;
    RETURN made.id;
END
$$;

CREATE FUNCTION coderoute.remove_budget(p_level text, p_subject text, p_period text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(7239846523);
    DELETE FROM coderoute.budgets b WHERE (b.level, b.subject, b.period) = (p_level, p_subject, p_period);
    RETURN FOUND;
END
$$;
