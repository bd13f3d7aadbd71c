-- Alerts: what readers changed of the default rules, what fires, what happened, and what is to be sent where.

-- Only rules that somebody edited; the defaults are in domain/pressure/alert-rules.ts. Resetting a rule removes its row.
CREATE TABLE alert_rule (
  id text PRIMARY KEY,
  is_enabled boolean NOT NULL,
  fire_at double precision NOT NULL,
  clear_at double precision NOT NULL,
  for_seconds integer NOT NULL,
  -- Names of sluice.yaml; NULL = every webhook.
  webhooks text[],
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL
);

-- How far a cluster's readings have been judged; the row is the lock between collectors.
CREATE TABLE alert_progress (
  cluster_id smallint PRIMARY KEY REFERENCES cluster (id),
  judged_at timestamptz NOT NULL
);

CREATE TABLE alert_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  rule_id text NOT NULL,
  -- fired | cleared | gone (the thing left the inventory) | rule-off (somebody switched the rule off)
  change text NOT NULL,
  at timestamptz NOT NULL,
  -- In the rule's unit; NULL where there is none any more.
  value double precision,
  -- Highest value while it fired.
  peak double precision,
  -- The limits that held at that moment.
  fire_at double precision NOT NULL,
  clear_at double precision NOT NULL,
  for_seconds integer NOT NULL,
  level text NOT NULL,
  namespace text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  container text NOT NULL,
  team text,
  -- The event that began what this one ends.
  fired_event_id bigint REFERENCES alert_event (id) ON DELETE SET NULL
);
CREATE INDEX alert_event_by_time ON alert_event (cluster_id, at);

-- Things that are not quiet: firing, or on their way to it. Quiet ones have no row.
CREATE TABLE alert_state (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  rule_id text NOT NULL,
  -- entity.id; 0 = the cluster itself, negative = one kind of read.
  entity_id bigint NOT NULL,
  is_firing boolean NOT NULL,
  turning_since timestamptz,
  value double precision,
  peak double precision,
  observed_at timestamptz NOT NULL,
  fired_event_id bigint REFERENCES alert_event (id) ON DELETE SET NULL,
  PRIMARY KEY (cluster_id, rule_id, entity_id)
);

-- The outbox: written in the transaction that changes the state, so that each change is meant to be sent exactly once to
-- each webhook, whatever dies afterwards.
CREATE TABLE alert_delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- NULL = a test asked for by a reader.
  event_id bigint REFERENCES alert_event (id) ON DELETE CASCADE,
  webhook text NOT NULL,
  -- pending | sending | delivered | failed
  status text NOT NULL DEFAULT 'pending',
  attempt_count integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  claimed_at timestamptz,
  -- Why the last attempt failed; never the address nor what the receiver answered.
  reason text,
  http_status integer,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  finished_at timestamptz,
  UNIQUE (event_id, webhook)
);
CREATE INDEX alert_delivery_open ON alert_delivery (next_attempt_at) WHERE status IN ('pending', 'sending');
