-- Many bookings in one transaction: with one commit, the rows of a budget that all share are locked for one write to the disk.

-- p_bookings: objects with `reservation` (null: nothing was set aside) and `call` (as in `settle`; null: it never happened). All rows
-- are locked before the first booking, in the order that everybody keeps: reservations, then budgets, each by id.
CREATE FUNCTION coderoute.settle_all(p_bookings jsonb) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    ids uuid[];
    booking jsonb;
BEGIN
    PERFORM coderoute.share_budgets();
    SELECT array_agg((b ->> 'reservation')::uuid) INTO ids FROM jsonb_array_elements(p_bookings) AS b;
    PERFORM FROM coderoute.reservations r WHERE r.id = ANY (ids) ORDER BY r.id FOR UPDATE;
    PERFORM FROM coderoute.budgets b WHERE b.id IN (
        SELECT unnest(r.budgets) FROM coderoute.reservations r WHERE r.id = ANY (ids)
        UNION ALL SELECT unnest(l.budgets) FROM coderoute.lapsed l WHERE l.id = ANY (ids)
        UNION ALL SELECT c.id FROM jsonb_array_elements(p_bookings) AS e, coderoute.budgets c
        WHERE e ->> 'reservation' IS NULL AND coderoute.concerns(
            c.level, c.subject, e -> 'call' ->> 'user_name', e -> 'call' ->> 'team', (e -> 'call' ->> 'key_id')::bigint,
            e -> 'call' ->> 'model'
        )
    ) ORDER BY b.id FOR NO KEY UPDATE;
    FOR booking IN SELECT jsonb_array_elements(p_bookings) LOOP
        IF jsonb_typeof(booking -> 'call') = 'object' THEN
            RETURN NEXT coderoute.settle((booking ->> 'reservation')::uuid, booking -> 'call');
        ELSE
            PERFORM coderoute.release((booking ->> 'reservation')::uuid);
            RETURN NEXT 'released';
        END IF;
    END LOOP;
END
$$;
