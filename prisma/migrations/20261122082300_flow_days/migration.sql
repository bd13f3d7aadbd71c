-- Flows by day, so that a year answers as fast as a day; routing preferences over time, so that a forecast can be held
-- against what came of it; imported flow logs.

-- Flows of one day of the billing time zone, made anew from their hours (store/flow-days.ts). Only days that have a row in
-- flow_day count, and only while none of their hours is marked in flow_hour_due; all others are read from flow_hourly.
CREATE TABLE flow_daily (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  adapter text NOT NULL,
  source_namespace text NOT NULL,
  source_kind text NOT NULL,
  source_name text NOT NULL,
  source_zone text NOT NULL,
  source_team text NOT NULL,
  target_namespace text NOT NULL,
  target_kind text NOT NULL,
  target_name text NOT NULL,
  target_zone text NOT NULL,
  target_team text NOT NULL,
  scope text NOT NULL,
  basis text NOT NULL,
  transferred_bytes double precision NOT NULL,
  -- Hours' rows that it stands for.
  row_count integer NOT NULL,
  PRIMARY KEY (cluster_id, day, adapter, source_namespace, source_kind, source_name, source_zone, source_team, target_namespace, target_kind, target_name, target_zone, target_team, scope, basis)
) PARTITION BY RANGE (day);

-- A day that was made: its two ends, in which time zone it is one, and how much of it was measured.
CREATE TABLE flow_day (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  day date NOT NULL,
  time_zone text NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  covered_seconds integer NOT NULL,
  first_at timestamptz,
  last_at timestamptz,
  PRIMARY KEY (cluster_id, day)
);

-- Hours written since their day was made.
CREATE TABLE flow_hour_due (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, at)
);
INSERT INTO flow_hour_due (cluster_id, at) SELECT DISTINCT cluster_id, at FROM flow_hourly;

-- What a Service's trafficDistribution was seen to be, a row per change. The first row of a Service says only that it was so
-- when it was first read.
CREATE TABLE service_routing (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  name text NOT NULL,
  observed_at timestamptz NOT NULL,
  setting text,
  is_first boolean NOT NULL,
  PRIMARY KEY (cluster_id, namespace, name, observed_at)
);

-- A flow log that was imported: what it said, what was left out and why. Its bytes are in flow_hourly.
CREATE TABLE flow_import (
  id uuid PRIMARY KEY,
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  file_name text NOT NULL,
  from_at timestamptz,
  to_at timestamptz,
  -- Hours whose bytes are this import's: a later part of it adds to them, and replaces all others that it tells of.
  hours timestamptz[] NOT NULL,
  line_count integer NOT NULL,
  counted_count integer NOT NULL,
  -- {duplicate, rejected, noData, skippedData, bothEndsOutside, receiverCopy, gatewayCopy, unreadable} → lines
  left_out jsonb NOT NULL,
  transferred_bytes double precision NOT NULL,
  unknown_peer_bytes double precision NOT NULL,
  sampling_rate double precision NOT NULL,
  imported_at timestamptz NOT NULL DEFAULT now(),
  imported_by text NOT NULL
);
CREATE INDEX flow_import_by_cluster ON flow_import (cluster_id, imported_at DESC);
