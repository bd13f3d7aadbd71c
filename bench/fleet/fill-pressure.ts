import { METRICS, metricPosition } from "../../server/domain/metrics.ts";
import { HISTOGRAM_BUCKETS, HISTOGRAM_POSITIONS } from "../../server/store/rollups.ts";
import { type Fleet, NODES_PER_CLUSTER } from "./open-fleet.ts";

const RAW_MINUTES = 90;
const RAW_SECONDS = 60;

/** Samples of the 5,000 nodes of the first cluster: 90 minutes raw, 30 hours and 10 days of roll-ups. Returns the rows. */
export async function fillPressure({ pool, clusterIds, now }: Fleet): Promise<number> {
  const [clusterId] = clusterIds;
  await pool.query(
    `INSERT INTO entity (cluster_id, level, namespace, kind, name, container, team, node_name, last_seen_at)
     SELECT $1, 'node', '', '', 'node-' || n, '', NULL, 'node-' || n, $3 FROM generate_series(0, $2 - 1) AS n`,
    [clusterId, NODES_PER_CLUSTER, now],
  );
  const value = storedValues("e.id", "extract(epoch FROM s.at) / 60");
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const raw = await pool.query(
    `INSERT INTO metric_raw (cluster_id, entity_id, at, level, covered_seconds, "values")
     SELECT e.cluster_id, e.id, s.at, 'node', $4, ${value}
       FROM generate_series($2::timestamptz - make_interval(mins => $3), $2, interval '1 minute') AS s(at), entity e WHERE e.cluster_id = $1`,
    [clusterId, minute, RAW_MINUTES, RAW_SECONDS],
  );
  let rows = raw.rowCount ?? 0;
  for (const [table, step, count] of [
    ["metric_hourly", "hour", 30],
    ["metric_daily", "day", 10],
  ] as const) {
    const seconds = step === "hour" ? 3_600 : 86_400;
    const rolled = await pool.query(
      `INSERT INTO ${table} (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds, histograms)
       SELECT e.cluster_id, e.id, s.at, 'node', array_fill($5::int, ARRAY[$6::int]),
              ARRAY(SELECT v * $5::int * 60 FROM unnest(${value}) WITH ORDINALITY AS u(v, i) ORDER BY i), ${value},
              array_fill($5::int * 60, ARRAY[$6::int]), array_fill(1, ARRAY[$7::int])
         FROM generate_series(date_trunc('${step}', $2::timestamptz, 'UTC') - make_interval(secs => $3::int * $4::int),
                              date_trunc('${step}', $2::timestamptz, 'UTC'), make_interval(secs => $4::int)) AS s(at), entity e WHERE e.cluster_id = $1`,
      [clusterId, now, count, seconds, seconds / 60, METRICS.length, HISTOGRAM_POSITIONS.length * HISTOGRAM_BUCKETS],
    );
    rows += rolled.rowCount ?? 0;
  }
  await pool.query(`ANALYZE`);
  return rows;
}

/** The stored array of a node's sample: pressure moves with node and time, capacities stand still; no sample of throttling. */
function storedValues(id: string, time: string): string {
  const ratio = (shift: number) => `0.3 * abs(sin(${id} * 0.37 + ${time} * 0.01 + ${shift}))`;
  const values = METRICS.map((metric, index) => {
    if (metric.id === "cpuThrottledRatio") return "NULL";
    if (index + 1 === metricPosition("cpuCapacityCores")) return "16";
    if (metric.unit === "ratio") return ratio(index);
    return metric.unit === "bytes" ? `1e9 * (1 + ${id} % 7)` : `(1 + ${id} % 5)::float8`;
  });
  return `ARRAY[${values.join(", ")}]::float8[]`;
}
