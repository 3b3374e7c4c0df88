-- Requests for money that arrive together are answered in one transaction: the rows of a budget that all share are locked for one
-- write to the disk, and written once, however many calls there are.

-- Set money aside for each call on every level, or on none, in the order given. A repetition with the same id changes nothing. left_nusd
-- is the least that is left of all budgets of a call, of one that is refused what is left of the budget that refuses.
CREATE FUNCTION coderoute.reserve_all(p_ids uuid[], p_keys bigint[], p_models text[], p_nusd bigint[], p_lease interval)
RETURNS TABLE (
    outcome text, level text, subject text, period text, cap_nusd bigint, used_nusd bigint, left_nusd bigint
) LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    held coderoute.budgets[];
    numbers bigint[] := '{}';
    used_ bigint[] := '{}';  -- of each of `held`: spent and set aside, in its present window
    added bigint[];          -- of each of `held`: what is set aside here
    now_ timestamptz;
    who record;
    one coderoute.budgets;
    mine integer[];
    ids bigint[];
    windows timestamptz[];
    share float8;
    fullest float8;
BEGIN
    PERFORM coderoute.share_budgets();
    SELECT coalesce(array_agg(locked.b ORDER BY locked.id), '{}') INTO held FROM (
        SELECT b, b.id FROM coderoute.budgets b WHERE (b.level, b.subject) IN (
            SELECT 'organisation', '' UNION ALL
            SELECT concerned.level, concerned.subject FROM unnest(p_keys, p_models) AS asked (key_id, model)
            JOIN coderoute.keys k ON k.id = asked.key_id
            CROSS JOIN LATERAL (
                VALUES ('team', k.team), ('user', k.user_name), ('key', k.id::text), ('model', asked.model)
            ) AS concerned (level, subject)
        ) ORDER BY b.id FOR NO KEY UPDATE OF b
    ) AS locked;
    now_ := coderoute.moment();  -- the locks may have been waited for
    FOREACH one IN ARRAY held LOOP
        numbers := numbers || one.id;
        used_ := used_ || coderoute.used(one, now_);
    END LOOP;
    added := array_fill(0::bigint, ARRAY[cardinality(held)]);
    FOR i IN 1 .. cardinality(p_ids) LOOP
        outcome := 'reserved'; level := NULL; subject := NULL; period := NULL; cap_nusd := NULL; used_nusd := NULL; left_nusd := NULL;
        mine := '{}'; ids := '{}'; windows := '{}'; fullest := -1;
        SELECT k.user_name, k.team INTO who FROM coderoute.keys k
        WHERE k.id = p_keys[i] AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now_);
        IF NOT FOUND THEN
            outcome := 'key';
            RETURN NEXT;
            CONTINUE;
        END IF;
        FOR j IN 1 .. cardinality(held) LOOP
            one := held[j];
            CONTINUE WHEN NOT coderoute.concerns(one.level, one.subject, who.user_name, who.team, p_keys[i], p_models[i]);
            IF one.cap_nusd - used_[j] < p_nusd[i] THEN
                outcome := 'refused';
                level := one.level; subject := one.subject; period := one.period; cap_nusd := one.cap_nusd; used_nusd := used_[j];
                left_nusd := greatest(one.cap_nusd - used_[j], 0);
                EXIT;
            END IF;
            mine := mine || j; ids := ids || one.id; windows := windows || coderoute.present(one, now_);
            left_nusd := least(left_nusd, one.cap_nusd - used_[j] - p_nusd[i]);
            share := (used_[j] + p_nusd[i])::float8 / greatest(one.cap_nusd, 1);
            IF share > fullest THEN
                fullest := share;
                level := one.level; subject := one.subject; period := one.period; cap_nusd := one.cap_nusd;
                used_nusd := used_[j] + p_nusd[i];
            END IF;
        END LOOP;
        IF outcome = 'reserved' THEN
            INSERT INTO coderoute.reservations
            VALUES (p_ids[i], p_keys[i], who.user_name, who.team, p_models[i], p_nusd[i], ids, windows, now_, now_ + p_lease)
            ON CONFLICT (id) DO NOTHING;
            IF FOUND THEN
                FOR j IN 1 .. cardinality(mine) LOOP
                    used_[mine[j]] := used_[mine[j]] + p_nusd[i];
                    added[mine[j]] := added[mine[j]] + p_nusd[i];
                END LOOP;
            ELSE
                level := NULL; subject := NULL; period := NULL; cap_nusd := NULL; used_nusd := NULL; left_nusd := NULL;
            END IF;
        ELSIF EXISTS (SELECT FROM coderoute.reservations r WHERE r.id = p_ids[i]) THEN
            outcome := 'reserved';
            level := NULL; subject := NULL; period := NULL; cap_nusd := NULL; used_nusd := NULL; left_nusd := NULL;
        END IF;
        RETURN NEXT;
    END LOOP;
    UPDATE coderoute.budgets b SET
        starts = coderoute.present(b, now_),
        spent_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.spent_nusd ELSE 0 END,
        reserved_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.reserved_nusd ELSE 0 END + more.nusd
    FROM unnest(numbers, added) AS more (id, nusd)
    WHERE b.id = more.id AND more.nusd > 0;
END
$$;

CREATE OR REPLACE FUNCTION coderoute.reserve(
    p_id uuid, p_key bigint, p_model text, p_nusd bigint, p_lease interval,
    OUT outcome text, OUT level text, OUT subject text, OUT period text, OUT cap_nusd bigint, OUT used_nusd bigint
) LANGUAGE sql VOLATILE AS
$$ SELECT outcome, level, subject, period, cap_nusd, used_nusd FROM coderoute.reserve_all(ARRAY[p_id], ARRAY[p_key], ARRAY[p_model], ARRAY[p_nusd], p_lease) $$;

-- p_bookings: objects with `reservation` (null: nothing was set aside) and `call`: a row of `calls` without `at`, `reserved_nusd` and
-- `late`, with what it cost in `billed_nusd`; null: it never happened. Frees what was set aside and books what each call cost. Doing it
-- again, with the same id of the call, changes nothing. All rows are locked before the first booking, in the order that everybody
-- keeps: reservations, then budgets, each by id.
CREATE OR REPLACE FUNCTION coderoute.settle_all(p_bookings jsonb) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    ids uuid[];
    unheld jsonb;            -- calls for which nothing is set aside: the database could not be reached, for example
    booking record;
    held coderoute.reservations;
    call coderoute.calls;
    late boolean;
    fresh boolean;
    concerned bigint[];
    now_ timestamptz;
    budgets_ bigint[] := '{}'; windows_ timestamptz[] := '{}'; freed bigint[] := '{}'; spent bigint[] := '{}';
BEGIN
    PERFORM coderoute.share_budgets();
    SELECT array_agg((b ->> 'reservation')::uuid) INTO ids FROM jsonb_array_elements(p_bookings) AS b;
    PERFORM FROM coderoute.reservations r WHERE r.id = ANY (ids) ORDER BY r.id FOR UPDATE;
    PERFORM FROM coderoute.lapsed l WHERE l.id = ANY (ids) ORDER BY l.id FOR UPDATE;
    SELECT jsonb_agg(b -> 'call') INTO unheld FROM jsonb_array_elements(p_bookings) AS b
    WHERE jsonb_typeof(b -> 'call') = 'object' AND NOT EXISTS (
        SELECT FROM coderoute.reservations r WHERE r.id = (b ->> 'reservation')::uuid
    ) AND NOT EXISTS (SELECT FROM coderoute.lapsed l WHERE l.id = (b ->> 'reservation')::uuid);
    PERFORM FROM coderoute.budgets b WHERE b.id IN (
        SELECT unnest(r.budgets) FROM coderoute.reservations r WHERE r.id = ANY (ids)
        UNION ALL SELECT unnest(l.budgets) FROM coderoute.lapsed l WHERE l.id = ANY (ids)
        UNION ALL SELECT c.id FROM jsonb_array_elements(unheld) AS u, coderoute.budgets c WHERE coderoute.concerns(
            c.level, c.subject, u ->> 'user_name', u ->> 'team', (u ->> 'key_id')::bigint, u ->> 'model'
        )
    ) ORDER BY b.id FOR NO KEY UPDATE;
    now_ := coderoute.moment();
    FOR booking IN
        SELECT (b ->> 'reservation')::uuid AS reservation, b -> 'call' AS call, jsonb_typeof(b -> 'call') = 'object' AS happened
        FROM jsonb_array_elements(p_bookings) WITH ORDINALITY AS told (b, place) ORDER BY place
    LOOP
        late := false;
        DELETE FROM coderoute.reservations r WHERE r.id = booking.reservation RETURNING r.* INTO held;
        IF held.id IS NULL AND booking.reservation IS NOT NULL THEN
            DELETE FROM coderoute.lapsed l WHERE l.id = booking.reservation RETURNING l.* INTO held;
            late := held.id IS NOT NULL;
        END IF;
        fresh := false;
        IF booking.happened THEN
            call := jsonb_populate_record(NULL::coderoute.calls, booking.call);
            call.at := coalesce(held.at, now_);
            call.reserved_nusd := coalesce(held.nusd, 0);
            call.late := late;
            INSERT INTO coderoute.calls SELECT call.* ON CONFLICT (id) DO NOTHING;
            fresh := FOUND;
        END IF;
        IF held.id IS NOT NULL THEN
            budgets_ := budgets_ || held.budgets;
            windows_ := windows_ || held.windows;
            freed := freed || array_fill(CASE WHEN late THEN 0 ELSE held.nusd END, ARRAY[cardinality(held.budgets)]);
            spent := spent || array_fill(CASE WHEN fresh THEN call.billed_nusd ELSE 0 END, ARRAY[cardinality(held.budgets)]);
        ELSIF fresh AND call.billed_nusd > 0 THEN
            concerned := coderoute.lock_budgets(call.user_name, call.team, call.key_id, call.model);
            UPDATE coderoute.budgets b SET
                starts = coderoute.present(b, now_),
                spent_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.spent_nusd ELSE 0 END + call.billed_nusd,
                reserved_nusd = CASE WHEN b.starts = coderoute.present(b, now_) THEN b.reserved_nusd ELSE 0 END
            WHERE b.id = ANY (concerned);
        END IF;
        RETURN NEXT CASE
            WHEN NOT booking.happened THEN 'released' WHEN NOT fresh THEN 'known' WHEN late THEN 'late' ELSE 'settled'
        END;
    END LOOP;
    UPDATE coderoute.budgets b SET reserved_nusd = b.reserved_nusd - sums.freed, spent_nusd = b.spent_nusd + sums.spent
    FROM (
        SELECT each.id, each.starts, sum(each.freed)::bigint AS freed, sum(each.spent)::bigint AS spent
        FROM unnest(budgets_, windows_, freed, spent) AS each (id, starts, freed, spent) GROUP BY each.id, each.starts
    ) AS sums
    WHERE b.id = sums.id AND b.starts = sums.starts;
END
$$;

CREATE OR REPLACE FUNCTION coderoute.settle(p_reservation uuid, p_call jsonb) RETURNS text LANGUAGE sql VOLATILE AS
$$ SELECT coderoute.settle_all(jsonb_build_array(jsonb_build_object('reservation', p_reservation, 'call', p_call))) $$;

CREATE OR REPLACE FUNCTION coderoute.release(p_reservation uuid) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT coderoute.settle_all(jsonb_build_array(jsonb_build_object('reservation', p_reservation, 'call', NULL))) $$;

DROP FUNCTION coderoute.post(bigint[], timestamptz[], bigint, bigint);
