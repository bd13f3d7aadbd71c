-- Cost by label, days by time zone, network hours, the ranked list of actions and what accepted ones brought.

-- Values of the chosen label keys by workload, dated: a day is grouped by the value that the workload had on it. The first value
-- that was ever seen holds for the days before it too. Keys come from billing.labels; values per key and cluster are bounded.
CREATE TABLE cost_label (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  key text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  value text NOT NULL,
  valid_from date NOT NULL,
  -- First day without it; null = still so.
  valid_to date,
  PRIMARY KEY (cluster_id, key, namespace, workload_kind, workload_name, valid_from)
);

-- By which time zone the days of a cluster were made; another one makes them all anew.
CREATE TABLE cost_calendar (
  cluster_id smallint PRIMARY KEY REFERENCES cluster (id),
  time_zone text NOT NULL
);

-- How many bytes of an hour the network cost of that hour stands on; an hour whose flows have grown is costed anew.
CREATE TABLE cost_network_hour (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  at timestamptz NOT NULL,
  charged_bytes double precision NOT NULL,
  PRIMARY KEY (cluster_id, at)
);

-- The ranked list of one cluster, made by the collector; pages only read it.
CREATE TABLE action (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  id text NOT NULL,
  kind text NOT NULL,
  -- '' = of nobody or of the whole cluster.
  team text NOT NULL,
  -- Whole-cluster actions name nodes of everybody and are not shown to a viewer of some teams.
  is_whole boolean NOT NULL,
  freed_cost_per_month double precision,
  cash_cost_per_month double precision,
  -- Actions that touch a common thing carry one group.
  group_id text NOT NULL,
  is_counted boolean NOT NULL,
  is_counted_for_team boolean NOT NULL,
  body jsonb NOT NULL,
  computed_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, id)
);

-- Totals of the best set that does not overlap, packed anew with all of it applied: of everything, and of each team's alone.
CREATE TABLE action_total (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  is_whole boolean NOT NULL,
  team text NOT NULL,
  freed_cost_per_month double precision NOT NULL,
  cash_cost_per_month double precision NOT NULL,
  counted_count integer NOT NULL,
  priced_count integer NOT NULL,
  removed_count integer NOT NULL,
  unpriced_count integer NOT NULL,
  PRIMARY KEY (cluster_id, is_whole, team)
);

CREATE TABLE action_state (
  cluster_id smallint PRIMARY KEY REFERENCES cluster (id),
  computed_at timestamptz,
  duration_seconds double precision,
  -- Set by a decision: the totals are to be made anew soon.
  due_at timestamptz
);

-- What became of an accepted action, by inventory and by cost.
CREATE TABLE action_outcome (
  action_id text PRIMARY KEY REFERENCES action_decision (action_id) ON DELETE CASCADE,
  -- not-yet | applied | gone (the object is no more) | unknown
  state text NOT NULL,
  applied_at timestamptz,
  -- What was expected when it was accepted, and what the days since show; null = no complete day yet.
  forecast_cost_per_month double precision,
  measured_cost_per_month double precision,
  -- Complete days since it was applied that the measurement stands on.
  measured_days integer NOT NULL,
  -- [{ref, observed}]
  evidence jsonb NOT NULL,
  checked_at timestamptz NOT NULL
);

-- Sums of cost_daily, made with it in one transaction, so that a year of a large fleet is read from few rows. Double precision:
-- they are sums of numeric(20,10) to be rounded to the cent, and adding doubles is what makes them quick.
CREATE TABLE cost_day_share (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  team text NOT NULL,
  share text NOT NULL,
  cost double precision,
  -- Hours of nodes without a price, counted by CPU, which every node has.
  unpriced_node_hours double precision NOT NULL,
  hour_count smallint NOT NULL,
  is_estimate boolean NOT NULL,
  PRIMARY KEY (cluster_id, day, team, share)
) PARTITION BY RANGE (day);

CREATE TABLE cost_day_price (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  team text NOT NULL,
  -- False for what nobody holds: unallocated and overhead.
  is_held boolean NOT NULL,
  price_row_id bigint NOT NULL,
  quantity double precision NOT NULL,
  cost double precision,
  PRIMARY KEY (cluster_id, day, team, is_held, price_row_id)
) PARTITION BY RANGE (day);

-- Whole months that are over. A month is read from here only when it is made for every cluster that is asked for.
CREATE TABLE cost_month (
  cluster_id smallint NOT NULL,
  month date NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  pool text NOT NULL,
  resource text NOT NULL,
  share text NOT NULL,
  cost double precision,
  unpriced_quantity double precision NOT NULL,
  PRIMARY KEY (cluster_id, month, team, namespace, workload_kind, workload_name, pool, resource, share)
) PARTITION BY RANGE (month);

-- Months with any day; is_made turns false whenever one of their days is made anew.
CREATE TABLE cost_month_state (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  month date NOT NULL,
  is_made boolean NOT NULL,
  PRIMARY KEY (cluster_id, month)
);

-- Lasting changes of the cost of a workload's resource, judged over complete days only.
CREATE TABLE cost_anomaly (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  team text NOT NULL,
  resource text NOT NULL,
  since_day date NOT NULL,
  cost_per_day_before double precision NOT NULL,
  cost_per_day_after double precision NOT NULL,
  is_estimate boolean NOT NULL,
  PRIMARY KEY (cluster_id, namespace, workload_kind, workload_name, team, resource)
);
