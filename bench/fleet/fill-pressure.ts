import { METRICS, metricPosition } from "../../server/domain/metrics.ts";
import { frameMissing } from "../../server/jobs/frame-missing.ts";
import { foldFrames } from "../../server/store/fold-frames.ts";
import { HISTOGRAM_BUCKETS, HISTOGRAM_POSITIONS } from "../../server/store/rollups.ts";
import { type Fleet, NODES_PER_CLUSTER } from "./open-fleet.ts";

const RAW_HOURS = 25;
const RAW_SECONDS = 60;
const WORKLOADS = 300;
const PODS_PER_WORKLOAD = 10;
/** The last of them every minute for all nodes; before that, and before 30 hours, one node in ten: the bench would only fill a disk. */
const FULL_MINUTES = 90;

/**
 * Samples of the 5,000 nodes of the first cluster – 90 minutes raw, 30 hours and 10 days of roll-ups – and of 300 workloads with
 * 3,000 pods. Further back a tenth of the nodes, whose frames are then widened to all of them. Returns the rows.
 */
export async function fillPressure({ pool, clusterIds, now }: Fleet): Promise<number> {
  const [clusterId] = clusterIds;
  if (clusterId === undefined) throw new Error("there is no cluster to fill");
  await pool.query(
    `INSERT INTO entity (cluster_id, level, namespace, kind, name, container, team, node_name, last_seen_at)
     SELECT $1::smallint, 'node', '', '', 'node-' || n, '', NULL, 'node-' || n, $3::timestamptz FROM generate_series(0, $2::int - 1) AS n
     UNION ALL
     SELECT $1, 'workload', 'space-' || w % 30, 'Deployment', 'app-' || w, '', 'team-' || w % 8, NULL, $3 FROM generate_series(0, $4::int - 1) AS w
     UNION ALL
     SELECT $1, 'pod', 'space-' || w % 30, '', 'app-' || w || '-' || p, '', 'team-' || w % 8, 'node-' || (w * $5 + p) % 100, $3
       FROM generate_series(0, $4 - 1) AS w, generate_series(0, $5::int - 1) AS p
     UNION ALL
     SELECT $1, 'namespace', '', '', 'space-' || s, '', 'team-' || s % 8, NULL, $3 FROM generate_series(0, 29) AS s`,
    [clusterId, NODES_PER_CLUSTER, now, WORKLOADS, PODS_PER_WORKLOAD],
  );
  await pool.query(
    `INSERT INTO workload (cluster_id, namespace, kind, name, team, desired_replicas, ready_replicas, pod_count, cpu_cores_requested, memory_bytes_requested, labels)
     SELECT $1, 'space-' || w % 30, 'Deployment', 'app-' || w, 'team-' || w % 8, $3, $3, $3, 8, 16e9, '{}' FROM generate_series(0, $2::int - 1) AS w`,
    [clusterId, WORKLOADS, PODS_PER_WORKLOAD],
  );
  await pool.query(
    `INSERT INTO pod (cluster_id, namespace, name, uid, node_name, workload_kind, workload_name, team, phase, host_network, has_device, restart_count,
                      cpu_cores_requested, memory_bytes_requested, containers, started_at)
     SELECT $1::smallint, 'space-' || w % 30, 'app-' || w || '-' || p, 'uid-' || w || '-' || p, 'node-' || (w * $3 + p) % 100, 'Deployment', 'app-' || w,
            'team-' || w % 8, 'Running', false, false, 0, 0.8, 1.6e9,
            '[{"name": "main", "restartCount": 0, "cpuCoresRequested": 0.8, "memoryBytesRequested": 1.6e9}]', $4
       FROM generate_series(0, $2::int - 1) AS w, generate_series(0, $3::int - 1) AS p`,
    [clusterId, WORKLOADS, PODS_PER_WORKLOAD, now],
  );
  const value = storedValues("e.id", "extract(epoch FROM s.at) / 60");
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const raw = await pool.query(
    `INSERT INTO metric_raw (cluster_id, entity_id, at, level, covered_seconds, "values")
     SELECT e.cluster_id, e.id, s.at, e.level, $4, ${value}
       FROM generate_series($2::timestamptz - make_interval(hours => $3), $2, interval '1 minute') AS s(at)
       JOIN entity e ON e.cluster_id = $1 AND (s.at > $2::timestamptz - make_interval(mins => $5) OR e.level = 'workload' OR (e.level = 'node' AND e.id % 10 = 0))
      ORDER BY s.at`,
    [clusterId, minute, RAW_HOURS, RAW_SECONDS, FULL_MINUTES],
  );
  let rows = raw.rowCount ?? 0;
  for (const [table, step, steps] of [
    ["metric_hourly", "hour", 24 * 8],
    ["metric_daily", "day", 10],
  ] as const) {
    const seconds = step === "hour" ? 3_600 : 86_400;
    const rolled = await pool.query(
      `INSERT INTO ${table} (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds, histograms)
       SELECT e.cluster_id, e.id, s.at, e.level, array_fill($5::int, ARRAY[$6::int]),
              ARRAY(SELECT v * $5::int * 60 FROM unnest(${value}) WITH ORDINALITY AS u(v, i) ORDER BY i), ${value},
              array_fill($5::int * 60, ARRAY[$6::int]), array_fill(1, ARRAY[$7::int])
         FROM generate_series(date_trunc('${step}', $2::timestamptz, 'UTC') - make_interval(secs => $3::int * $4::int),
                              date_trunc('${step}', $2::timestamptz, 'UTC'), make_interval(secs => $4::int)) AS s(at)
         JOIN entity e ON e.cluster_id = $1 AND (s.at > $2::timestamptz - interval '30 hours' OR (e.level = 'node' AND ($4::int = 86400 OR e.id % 10 = 0)))
        ORDER BY s.at`,
      [clusterId, now, steps, seconds, seconds / 60, METRICS.length, HISTOGRAM_POSITIONS.length * HISTOGRAM_BUCKETS],
    );
    rows += rolled.rowCount ?? 0;
  }
  await pool.query(`ANALYZE`);
  while ((await frameMissing(pool, clusterId, now)) > 0);
  while ((await foldFrames(pool, clusterId, now)) > 0);
  // Frames of the day before are as wide as those of all nodes.
  await pool.query(
    `UPDATE pressure_frame f SET entity_ids = full_one.entity_ids, waiting = full_one.waiting, stalled = full_one.stalled
       FROM (SELECT DISTINCT ON (level, basis) * FROM pressure_frame WHERE basis IN ('raw', 'hourly', 'quarter', 'eighth') AND at < $1::timestamptz - interval '30 minutes'
              ORDER BY level, basis, length(entity_ids) DESC) full_one
      WHERE f.level = full_one.level AND f.basis = full_one.basis AND length(f.entity_ids) < length(full_one.entity_ids)`,
    [now],
  );
  await pool.query(`VACUUM ANALYZE`); // as it is kept where autovacuum runs
  return rows;
}

/** The stored array of a node's sample: pressure moves with node and time, capacities stand still; one in ten swaps; no sample of throttling. */
function storedValues(id: string, time: string): string {
  const ratio = (shift: number) => `0.3 * abs(sin(${id} * 0.37 + ${time} * 0.01 + ${shift}))`;
  const values = METRICS.map((metric, index) => {
    if (metric.id === "cpuThrottledRatio") return "NULL";
    if (index + 1 === metricPosition("cpuCapacityCores")) return "16";
    if (metric.id.startsWith("swap")) return `CASE WHEN ${id} % 10 = 0 THEN 1e9 * (1 + ${id} % 7) END`;
    if (metric.unit === "ratio") return ratio(index);
    return metric.unit === "bytes" ? `1e9 * (1 + ${id} % 7)` : `(1 + ${id} % 5)::float8`;
  });
  return `ARRAY[${values.join(", ")}]::float8[]`;
}
