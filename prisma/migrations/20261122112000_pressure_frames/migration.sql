-- A read model of pressure beside metric_raw, metric_hourly and metric_daily: all things of one level at one moment in one row, so that
-- ranking 5,000 nodes over a day reads 25 rows and not 120,000. Written by collectors in the transaction that writes the rows it is made
-- of; a moment without a frame (older data, a filled past) is read from those rows, so nothing depends on it being complete.
CREATE TABLE pressure_frame (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  level text NOT NULL,
  -- raw, hourly or daily: the table that it is made of.
  basis text NOT NULL,
  at timestamptz NOT NULL,
  -- Big-endian doubles, ascending.
  entity_ids bytea NOT NULL,
  -- Seconds that every sample stands for; null when they differ by thing, then the bodies carry them.
  span_seconds integer,
  -- Big-endian floats in the order of entity_ids, NaN = no sample: means for CPU, memory, I/O; without span_seconds followed by the
  -- three maxima and the three covered seconds.
  waiting bytea NOT NULL,
  stalled bytea NOT NULL,
  -- Of entity_ids those that have swap or use it.
  swapping bigint[] NOT NULL,
  -- Over all things, by position of domain/metrics.ts, as in metric_hourly.
  sums double precision[] NOT NULL,
  maxima double precision[] NOT NULL,
  covered_seconds double precision[] NOT NULL,
  PRIMARY KEY (cluster_id, level, basis, at)
);
-- Floats hardly compress; packing them would only cost time at both ends.
ALTER TABLE pressure_frame ALTER COLUMN entity_ids SET STORAGE EXTERNAL;
ALTER TABLE pressure_frame ALTER COLUMN waiting SET STORAGE EXTERNAL;
ALTER TABLE pressure_frame ALTER COLUMN stalled SET STORAGE EXTERNAL;

-- What kubelets say of swap, out of the stored part of 5,000 kubelets that is packed and holds much more: one row per policy.
-- Filled by the next read of kubelets.
CREATE TABLE kubelet_swap (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  behavior text NOT NULL,
  -- The part that it was taken from; a row of an older one does not count.
  read_id uuid NOT NULL,
  node_names text[] NOT NULL,
  PRIMARY KEY (cluster_id, behavior)
);

-- Five-minute means of one thing and hour in one row, so that a day of a node's 30 workloads is 750 rows and not 45,000. Made when the
-- hour is over; hours without an entry in metric_steps_hour are read from metric_raw.
CREATE TABLE metric_steps (
  cluster_id smallint NOT NULL,
  entity_id bigint NOT NULL,
  at timestamptz NOT NULL,
  -- Steps of the hour that have a sample, ascending, and the longest time that one of their samples stands for.
  steps smallint[] NOT NULL,
  span_seconds integer[] NOT NULL,
  -- Step after step: a big-endian float per quantity of domain/metrics.ts, NaN = no sample.
  means bytea NOT NULL,
  PRIMARY KEY (cluster_id, entity_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE metric_steps_hour (
  cluster_id smallint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, at)
);
CREATE INDEX node_with_swap ON node (cluster_id, name) WHERE swap_capacity_bytes > 0;
