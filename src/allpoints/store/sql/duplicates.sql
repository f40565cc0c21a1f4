-- What the search for duplicates asks, as allpoints_system, which sees no particulars.

-- name: owners_of
-- Who decides on a duplicate: the owners of these records, as far as they are in force.
SELECT id, owner FROM records WHERE id = ANY (%s) AND state = 'active' AND valid_until >= current_date
