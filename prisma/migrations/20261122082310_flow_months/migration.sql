-- Flows by month, for sums over long windows, and the days' totals without names, for what is drawn by day: so that a year reads
-- about as many rows as a month. Both are made from flow_daily (store/flow-days.ts).
CREATE TABLE flow_monthly (
  cluster_id smallint NOT NULL,
  -- First day of the month.
  month date NOT NULL,
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
  row_count integer NOT NULL,
  PRIMARY KEY (cluster_id, month, adapter, source_namespace, source_kind, source_name, source_zone, source_team, target_namespace, target_kind, target_name, target_zone, target_team, scope, basis)
);

-- A month that was made; taken away as soon as one of its days is made anew.
CREATE TABLE flow_month (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  month date NOT NULL,
  PRIMARY KEY (cluster_id, month)
);

CREATE TABLE flow_day_total (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  scope text NOT NULL,
  source_zone text NOT NULL,
  source_team text NOT NULL,
  target_zone text NOT NULL,
  target_team text NOT NULL,
  transferred_bytes double precision NOT NULL,
  PRIMARY KEY (cluster_id, day, scope, source_zone, source_team, target_zone, target_team)
);
-- Days that were made before hold no totals: they are made again.
INSERT INTO flow_hour_due (cluster_id, at) SELECT cluster_id, generate_series(from_at, to_at - interval '1 second', '1 hour') FROM flow_day ON CONFLICT DO NOTHING;
