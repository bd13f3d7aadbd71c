-- Detail jobs that pages asked for. One row per pod and window for all readers; its slot keeps the whole fleet of web processes
-- at one new job a second per cluster.
CREATE TABLE detail_request (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  namespace text NOT NULL,
  pod text NOT NULL,
  window_seconds integer NOT NULL,
  until_at timestamptz NOT NULL,
  -- not started before
  slot_at timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, namespace, pod, window_seconds, until_at)
);
CREATE INDEX detail_request_slot ON detail_request (cluster_id, slot_at);
