-- The spine: clusters, reads and their coverage, inventory, measured quantities, gates, verdicts, prices, costs.
-- Cluster comes first in every key; everything that grows with time is partitioned by it (partitions are made and
-- dropped by store/partitions.ts, so retention never deletes rows).

CREATE TABLE cluster (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  -- UID of the kube-system namespace: two entries with one UID are one cluster configured twice.
  uid text,
  provider text,
  is_demo boolean NOT NULL DEFAULT false,
  git_version text,
  -- Redacted view of the configuration (kubelet access, cadences, whether Prometheus is set). Never a credential.
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when the cluster left the configuration; its history stays readable.
  removed_at timestamptz
);

-- Reads --------------------------------------------------------------------------------------------------------------
CREATE TABLE read_record (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  started_at timestamptz NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  finished_at timestamptz,
  requested_by text NOT NULL,
  reason text,
  detail text,
  progress jsonb,
  rules_version integer NOT NULL,
  PRIMARY KEY (cluster_id, started_at, id)
) PARTITION BY RANGE (started_at);
CREATE INDEX read_record_id ON read_record (id);

CREATE TABLE read_source (
  cluster_id smallint NOT NULL,
  started_at timestamptz NOT NULL,
  read_id uuid NOT NULL,
  source text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  reason text,
  detail text,
  fix jsonb,
  object_count integer NOT NULL,
  expected_count integer,
  skipped_count integer NOT NULL,
  received_bytes bigint NOT NULL,
  query_count integer NOT NULL,
  duration_seconds double precision NOT NULL,
  PRIMARY KEY (cluster_id, started_at, read_id, source)
) PARTITION BY RANGE (started_at);

-- The newest good read of each kind is the snapshot; the newest attempt says how it is going.
CREATE TABLE read_state (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  kind text NOT NULL,
  last_read_id uuid,
  last_started_at timestamptz,
  last_finished_at timestamptz,
  last_status text,
  last_reason text,
  last_detail text,
  -- Consecutive failures, for backoff and alerts.
  failure_count integer NOT NULL DEFAULT 0,
  good_read_id uuid,
  good_taken_at timestamptz,
  PRIMARY KEY (cluster_id, kind)
);

-- Coverage as of now: one row per source, kept when a later read fails, so that "since when" can be said.
CREATE TABLE source_state (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  read_kind text NOT NULL,
  source text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  reason text,
  detail text,
  fix jsonb,
  object_count integer NOT NULL,
  expected_count integer,
  skipped_count integer NOT NULL,
  received_bytes bigint NOT NULL,
  query_count integer NOT NULL,
  duration_seconds double precision NOT NULL,
  attempted_at timestamptz NOT NULL,
  last_ok_at timestamptz,
  PRIMARY KEY (cluster_id, read_kind, source)
);

-- Inventory: the newest good state, merged (only what changed is written) -------------------------------------------
CREATE TABLE namespace (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  name text NOT NULL,
  team text,
  labels jsonb NOT NULL,
  PRIMARY KEY (cluster_id, name)
);

CREATE TABLE node (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  name text NOT NULL,
  uid text NOT NULL,
  pool text,
  zone text,
  region text,
  instance_type text,
  capacity_type text,
  provider_id text,
  is_ready boolean,
  is_schedulable boolean NOT NULL,
  is_control_plane boolean NOT NULL,
  kubelet_version text NOT NULL,
  kernel_version text NOT NULL,
  os_image text NOT NULL,
  container_runtime_version text NOT NULL,
  architecture text NOT NULL,
  cpu_cores_capacity double precision,
  memory_bytes_capacity double precision,
  cpu_cores_allocatable double precision,
  memory_bytes_allocatable double precision,
  swap_capacity_bytes double precision,
  -- Allocatable extended resources by name.
  extended jsonb NOT NULL,
  -- [{type, address}], to find the node behind a metric's instance label.
  addresses jsonb NOT NULL,
  labels jsonb NOT NULL,
  price_row_id bigint,
  -- Cost per hour of the whole node in the installation's currency; null = no price known.
  cost_per_hour numeric(20, 10),
  created_at timestamptz,
  PRIMARY KEY (cluster_id, name)
);

CREATE TABLE workload (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  team text,
  desired_replicas integer,
  ready_replicas integer,
  pod_count integer NOT NULL,
  cpu_cores_requested double precision,
  memory_bytes_requested double precision,
  labels jsonb NOT NULL,
  created_at timestamptz,
  PRIMARY KEY (cluster_id, namespace, kind, name)
);

CREATE TABLE pod (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  name text NOT NULL,
  uid text NOT NULL,
  node_name text,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  team text,
  phase text NOT NULL,
  reason text,
  qos_class text,
  pod_ip text,
  host_network boolean NOT NULL,
  -- Asks for an accelerator, by extended resource or claim.
  has_device boolean NOT NULL,
  restart_count integer NOT NULL,
  cpu_cores_requested double precision,
  memory_bytes_requested double precision,
  cpu_cores_limit double precision,
  memory_bytes_limit double precision,
  -- [{name, requests, limits, restarts, state, reason}] – one entry per container.
  containers jsonb NOT NULL,
  created_at timestamptz,
  started_at timestamptz,
  PRIMARY KEY (cluster_id, namespace, name)
);
CREATE INDEX pod_by_node ON pod (cluster_id, node_name);
CREATE INDEX pod_by_workload ON pod (cluster_id, namespace, workload_kind, workload_name);

-- Projected parts of the newest reads, compressed, in chunks: rules can be replayed without a new read.
CREATE TABLE snapshot_part (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  part text NOT NULL,
  chunk integer NOT NULL,
  read_id uuid NOT NULL,
  read_at timestamptz NOT NULL,
  state text NOT NULL,
  reason text,
  detail text,
  item_count integer NOT NULL,
  body bytea,
  PRIMARY KEY (cluster_id, part, chunk)
);

-- Measured quantities ----------------------------------------------------------------------------------------------
CREATE TABLE entity (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  id bigint GENERATED ALWAYS AS IDENTITY,
  level text NOT NULL,
  namespace text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  container text NOT NULL,
  team text,
  node_name text,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, id),
  UNIQUE (cluster_id, level, namespace, kind, name, container)
);

-- values[i] is quantity i of domain/metrics.ts; NULL = no sample, 0 = measured zero.
CREATE TABLE metric_raw (
  cluster_id smallint NOT NULL,
  entity_id bigint NOT NULL,
  at timestamptz NOT NULL,
  level text NOT NULL,
  -- Seconds that the sample stands for.
  covered_seconds integer NOT NULL,
  "values" double precision[] NOT NULL,
  PRIMARY KEY (cluster_id, entity_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_raw_by_level ON metric_raw (cluster_id, level, at);

CREATE TABLE metric_hourly (
  cluster_id smallint NOT NULL,
  entity_id bigint NOT NULL,
  at timestamptz NOT NULL,
  level text NOT NULL,
  sample_counts integer[] NOT NULL,
  -- Sum of value × covered seconds, so that means over any range are weighted by time.
  sums double precision[] NOT NULL,
  maxima double precision[] NOT NULL,
  covered_seconds integer[] NOT NULL,
  -- Counts per bucket of domain/metrics.ts RATIO_BUCKET_EDGES, one run per ratio quantity; null when backfilled.
  histograms integer[],
  is_backfilled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (cluster_id, entity_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_hourly_by_level ON metric_hourly (cluster_id, level, at);

CREATE TABLE metric_daily (
  cluster_id smallint NOT NULL,
  entity_id bigint NOT NULL,
  at timestamptz NOT NULL,
  level text NOT NULL,
  sample_counts integer[] NOT NULL,
  sums double precision[] NOT NULL,
  maxima double precision[] NOT NULL,
  covered_seconds integer[] NOT NULL,
  histograms integer[],
  is_backfilled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (cluster_id, entity_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_daily_by_level ON metric_daily (cluster_id, level, at);

-- Hours whose raw rows changed since their roll-up (late data recompute their bucket).
CREATE TABLE rollup_due (
  cluster_id smallint NOT NULL,
  resolution text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, resolution, at)
);

CREATE TABLE backfill_chunk (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  id text NOT NULL,
  position integer NOT NULL,
  plan jsonb NOT NULL,
  status text NOT NULL,
  row_count integer,
  reason text,
  detail text,
  finished_at timestamptz,
  PRIMARY KEY (cluster_id, id)
);

-- Gates and features -----------------------------------------------------------------------------------------------
-- Equal gate maps are stored once: 5,000 kubelets are a handful of rows.
CREATE TABLE gate_set (
  hash text PRIMARY KEY,
  gates jsonb NOT NULL
);

CREATE TABLE component (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  component text NOT NULL,
  instance text NOT NULL,
  version text,
  gate_set_hash text REFERENCES gate_set (hash),
  source text,
  explicit jsonb,
  explicit_source text,
  unread_reason text,
  unread_detail text,
  read_at timestamptz NOT NULL,
  -- Since when this gate map is in force; before that see gate_change.
  since_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, component, instance)
);

CREATE TABLE gate_change (
  cluster_id smallint NOT NULL,
  at timestamptz NOT NULL,
  component text NOT NULL,
  instance text NOT NULL,
  gate text NOT NULL,
  was_on boolean,
  is_on boolean,
  from_version text,
  to_version text,
  PRIMARY KEY (cluster_id, at, component, instance, gate)
) PARTITION BY RANGE (at);

CREATE TABLE verdict (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  feature text NOT NULL,
  verdict text NOT NULL,
  adopted_count integer,
  adoptable_count integer,
  outcome jsonb NOT NULL,
  rules_version integer NOT NULL,
  evaluated_at timestamptz NOT NULL,
  since_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, feature)
);

CREATE TABLE verdict_history (
  cluster_id smallint NOT NULL,
  feature text NOT NULL,
  at timestamptz NOT NULL,
  verdict text NOT NULL,
  adopted_count integer,
  adoptable_count integer,
  by_team jsonb,
  PRIMARY KEY (cluster_id, feature, at)
) PARTITION BY RANGE (at);

-- Money ------------------------------------------------------------------------------------------------------------
CREATE TABLE price_row (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  region text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  unit text NOT NULL,
  price numeric(20, 10) NOT NULL,
  currency text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  origin text NOT NULL,
  source text NOT NULL,
  source_date date,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- A corrected row is superseded, never edited: what a figure was based on can always be shown.
  superseded_at timestamptz,
  superseded_by bigint REFERENCES price_row (id)
);
CREATE INDEX price_row_lookup ON price_row (provider, kind, key, region) WHERE superseded_at IS NULL;

CREATE TABLE cost_hourly (
  cluster_id smallint NOT NULL,
  at timestamptz NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  pool text NOT NULL,
  -- cpu | memory | gpu | storage | network
  resource text NOT NULL,
  -- used | requested-unused | requested-unmeasured | unallocated | overhead
  share text NOT NULL,
  price_row_id bigint NOT NULL,
  -- In hours of the priced thing (a node, a device …): parts of one node add up to its hours exactly.
  quantity double precision NOT NULL,
  cost numeric(20, 10),
  -- Put together after the fact, from stored usage and today's requests (jobs/backfill-costs.ts).
  is_estimate boolean NOT NULL DEFAULT false,
  PRIMARY KEY (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id)
) PARTITION BY RANGE (at);

-- The same by day of the billing time zone; a day is made anew from its hours whenever one of them changes.
CREATE TABLE cost_daily (
  cluster_id smallint NOT NULL,
  day date NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  pool text NOT NULL,
  resource text NOT NULL,
  share text NOT NULL,
  price_row_id bigint NOT NULL,
  quantity double precision NOT NULL,
  -- Sum of the hours with a price; null = none had one.
  cost numeric(20, 10),
  -- The part of quantity whose price is not known.
  unpriced_quantity double precision NOT NULL,
  -- Hours of the day that any row of the cluster stands for.
  hour_count smallint NOT NULL,
  is_estimate boolean NOT NULL,
  PRIMARY KEY (cluster_id, day, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id)
) PARTITION BY RANGE (day);

CREATE TABLE flow_hourly (
  cluster_id smallint NOT NULL,
  at timestamptz NOT NULL,
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
  -- same-zone | cross-zone | cross-region | internet | unknown; zones are '' where not known.
  scope text NOT NULL,
  -- How double reports were removed (domain/network/flow-sample.ts).
  basis text NOT NULL,
  transferred_bytes double precision NOT NULL,
  covered_seconds integer NOT NULL,
  PRIMARY KEY (cluster_id, at, adapter, source_namespace, source_kind, source_name, source_zone, target_namespace, target_kind, target_name, target_zone, scope, basis)
) PARTITION BY RANGE (at);

CREATE TABLE gpu_device (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  id text NOT NULL,
  node_name text,
  pool text,
  vendor text NOT NULL,
  model text,
  mode text NOT NULL,
  memory_bytes double precision,
  parent_id text,
  holders jsonb NOT NULL,
  activity_ratio double precision,
  activity_metric text,
  memory_used_bytes double precision,
  power_watts double precision,
  state text NOT NULL,
  facts jsonb NOT NULL,
  observed_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, id)
);

CREATE TABLE gpu_hourly (
  cluster_id smallint NOT NULL,
  at timestamptz NOT NULL,
  device_id text NOT NULL,
  -- free | active | held-idle | held-unknown | unavailable
  state text NOT NULL,
  team text NOT NULL,
  namespace text NOT NULL,
  workload_kind text NOT NULL,
  workload_name text NOT NULL,
  model text NOT NULL,
  pool text NOT NULL,
  device_hours double precision NOT NULL,
  activity_sum double precision,
  covered_seconds integer NOT NULL,
  price_row_id bigint,
  cost numeric(20, 10),
  PRIMARY KEY (cluster_id, at, device_id, state, team, namespace, workload_kind, workload_name)
) PARTITION BY RANGE (at);

-- Cross-zone lines of a provider's bill, as imported; a later import of the same day and line replaces it.
CREATE TABLE network_bill (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  day date NOT NULL,
  line text NOT NULL,
  billed_bytes double precision NOT NULL,
  billed_cost numeric(20, 10),
  imported_at timestamptz NOT NULL DEFAULT now(),
  imported_by text NOT NULL,
  PRIMARY KEY (cluster_id, day, line)
);

-- What readers change ------------------------------------------------------------------------------------------------
CREATE TABLE budget (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  team text NOT NULL,
  cost_per_month numeric(20, 4) NOT NULL,
  valid_from date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  UNIQUE (team, valid_from)
);

CREATE TABLE action_decision (
  action_id text PRIMARY KEY,
  decision text NOT NULL,
  reason text,
  until_at timestamptz,
  decided_at timestamptz NOT NULL DEFAULT now(),
  decided_by text NOT NULL,
  -- The action as it was when decided, so that its outcome can be compared later.
  action jsonb NOT NULL
);

CREATE TABLE audit_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  event text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  request_id text
);
CREATE INDEX audit_event_at ON audit_event (at);

-- Answers of detail jobs: one pod's recent window, asked for by a page and shared by all its readers. Kept for an hour.
CREATE TABLE detail_result (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  pod text NOT NULL,
  window_seconds integer NOT NULL,
  until_at timestamptz NOT NULL,
  -- done | failed
  status text NOT NULL,
  reason text,
  detail text,
  body jsonb,
  finished_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, namespace, pod, window_seconds, until_at)
);

-- Liveness of the roles, for /readyz and /status.
CREATE TABLE process_heartbeat (
  id uuid PRIMARY KEY,
  role text NOT NULL,
  host text NOT NULL,
  started_at timestamptz NOT NULL,
  beat_at timestamptz NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'
);
