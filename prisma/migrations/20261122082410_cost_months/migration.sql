-- Month sums with a column per share, half as many rows, and up to yesterday for the month that is running. They are made from
-- cost_daily by the collector, so the table is made anew and filled again.
DROP TABLE cost_month;
CREATE TABLE cost_month (
  cluster_id smallint NOT NULL,
  month date NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  pool text NOT NULL,
  resource text NOT NULL,
  used double precision NOT NULL,
  requested_unused double precision NOT NULL,
  requested_unmeasured double precision NOT NULL,
  unallocated double precision NOT NULL,
  overhead double precision NOT NULL,
  -- Hours of nodes without a price, counted by CPU: of what is held, of what nobody asked for, of the system's part.
  unpriced_held double precision NOT NULL,
  unpriced_unallocated double precision NOT NULL,
  unpriced_overhead double precision NOT NULL,
  PRIMARY KEY (cluster_id, month, team, namespace, workload_kind, workload_name, pool, resource)
) PARTITION BY RANGE (month);
DELETE FROM cost_month_state;
-- Last day that the sums stand for; later ones are read from cost_daily.
ALTER TABLE cost_month_state ADD COLUMN through_day date;
INSERT INTO cost_month_state (cluster_id, month, is_made)
SELECT DISTINCT cluster_id, date_trunc('month', day)::date, false FROM cost_day_share;
