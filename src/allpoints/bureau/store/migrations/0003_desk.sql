-- What waits for the bureau's people, what they have half typed, and what they have just done and may take back.

SET search_path = bureau;

-- One row for everything that waits for somebody: what hubs told, messages, answers owed, examinations, reviews.
CREATE TABLE matters (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,          -- what it is about, so that the same thing waits once
    kind       text NOT NULL,
    hub        text NOT NULL,                 -- by which hub it came; empty for the node's own
    what       text NOT NULL,                 -- a few words from its source, shown beside the kind's own
    detail     json NOT NULL,
    path       text NOT NULL,                 -- the page of the console that shows it
    priority   text NOT NULL DEFAULT 'routine' CHECK (priority IN ('urgent', 'priority', 'routine')),
    deadline   timestamptz,
    due        timestamptz GENERATED ALWAYS AS (coalesce(deadline, 'infinity'::timestamptz)) STORED,
    roles      text[] NOT NULL,               -- for whom it waits
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
    handled_by bigint REFERENCES people,
    handled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    searched   text NOT NULL                  -- kind and what in lower case
);
CREATE INDEX matters_waiting ON matters (due, id DESC) WHERE state = 'open';
CREATE INDEX matters_done ON matters (handled_at) WHERE state = 'done';
GRANT SELECT, INSERT, UPDATE, DELETE ON matters TO :application;

-- Half-typed forms. They are the person's own and go when they sign out, or after 30 days.
CREATE TABLE drafts (
    person   bigint NOT NULL REFERENCES people,
    form     text NOT NULL,
    fields   json NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, form)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO :application;

-- Acts that wait a few seconds before they are done, so that they can be taken back.
CREATE TABLE held_acts (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE,           -- the idempotency key with which it is done
    act       text NOT NULL,
    content   json NOT NULL,
    label     text NOT NULL,                  -- what the person who did it reads of it
    person    bigint NOT NULL REFERENCES people,
    asker     json NOT NULL,                  -- in which role and for what purpose it is done
    due_at    timestamptz NOT NULL,
    state     text NOT NULL DEFAULT 'held'
              CHECK (state IN ('held', 'begun', 'tried', 'done', 'failed', 'undone')),
    problem   json,                           -- why it failed
    ended_at  timestamptz
);
CREATE INDEX held_acts_due ON held_acts (due_at) WHERE state IN ('held', 'begun', 'tried');
CREATE INDEX held_acts_by_person ON held_acts (person, id) WHERE state IN ('held', 'tried', 'failed');
GRANT SELECT, INSERT, UPDATE, DELETE ON held_acts TO :application;
