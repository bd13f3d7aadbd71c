-- Running sums of cost, so that any range of days is read as the difference of two of them and a year costs what a day costs.
-- cost_month and cost_month_state are neither written nor read any more; they stay until no older version can run beside this one.
UPDATE cost_month_state SET is_made = false;

-- What sums are kept of: workloads, places (namespace, pool and resource) and price rows, each by team. Fields that a kind has not are ''.
CREATE TABLE cost_subject (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  -- Counted inside the cluster.
  id integer NOT NULL,
  -- workload | place | price
  kind text NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  pool text NOT NULL,
  resource text NOT NULL,
  price_row_id bigint NOT NULL,
  PRIMARY KEY (cluster_id, id),
  UNIQUE (cluster_id, kind, team, namespace, workload_kind, workload_name, pool, resource, price_row_id)
);

-- From the first day of the month to `day`, both included: a row for each subject that the month has seen so far, also on days
-- without any cost of it. Decimals, as sums are subtracted from each other. null = none of this share.
CREATE TABLE cost_month_sum (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  subject_id integer NOT NULL,
  used numeric,
  requested_unused numeric,
  requested_unmeasured numeric,
  unallocated numeric,
  overhead numeric,
  -- Hours of nodes without a price, counted by CPU: of what is held, of what nobody asked for, of the system's part.
  unpriced_held numeric,
  unpriced_unallocated numeric,
  unpriced_overhead numeric,
  -- Hours of the priced thing: of what is held, and of what is not.
  quantity_held numeric,
  quantity_unheld numeric,
  PRIMARY KEY (cluster_id, day, kind, subject_id)
) PARTITION BY RANGE (day);

-- From the first of January to the end of `month`, of months that are over.
CREATE TABLE cost_year_sum (
  cluster_id smallint NOT NULL,
  month date NOT NULL,
  kind text NOT NULL,
  subject_id integer NOT NULL,
  used numeric,
  requested_unused numeric,
  requested_unmeasured numeric,
  unallocated numeric,
  overhead numeric,
  unpriced_held numeric,
  unpriced_unallocated numeric,
  unpriced_overhead numeric,
  quantity_held numeric,
  quantity_unheld numeric,
  PRIMARY KEY (cluster_id, month, kind, subject_id)
) PARTITION BY RANGE (month);

-- Days that are recorded, with how much of each.
CREATE TABLE cost_covered_day (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  hour_count smallint NOT NULL,
  is_estimate boolean NOT NULL,
  PRIMARY KEY (cluster_id, day)
) PARTITION BY RANGE (day);
DO $$
DECLARE
  first_day date;
BEGIN
  FOR first_day IN SELECT DISTINCT date_trunc('month', day)::date FROM cost_day_share LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF cost_covered_day FOR VALUES FROM (%L) TO (%L)',
                   'cost_covered_day_p' || to_char(first_day, 'YYYYMM'), first_day, (first_day + interval '1 month')::date);
  END LOOP;
END $$;
INSERT INTO cost_covered_day (cluster_id, day, hour_count, is_estimate)
SELECT cluster_id, day, max(hour_count), bool_or(is_estimate) FROM cost_day_share GROUP BY cluster_id, day;

-- Clusters whose sums were made; those from `stale_from` on wait to be made anew (null = none), and days are read in their place.
CREATE TABLE cost_sum_state (
  cluster_id smallint PRIMARY KEY REFERENCES cluster (id),
  stale_from date
);
