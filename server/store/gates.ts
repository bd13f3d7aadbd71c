import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import type { ComponentReading } from "../domain/snapshot.ts";
import { copyRows } from "./copy-rows.ts";
import { mergeRows } from "./merge-rows.ts";

type GateJson = Record<string, [isOn: boolean, stage: string]>;
type StoredSet = {
  component: string;
  instance: string;
  version: string | null;
  hash: string | null;
  gates: GateJson | null;
  since: Date;
};

/**
 * Stores what every component instance says of its gates, in the caller's transaction, and writes down what changed since the
 * last time. Equal gate maps are one row. An instance that could not be read keeps its last gates and gains the reason.
 */
export async function saveComponents(
  client: PoolClient,
  clusterId: number,
  readings: readonly ComponentReading[],
  at: Date,
): Promise<{ changes: number }> {
  const { rows: before } = await client.query<{
    component: string;
    instance: string;
    version: string | null;
    hash: string | null;
    gates: GateJson | null;
    since: Date;
  }>(
    `SELECT c.component, c.instance, c.version, c.gate_set_hash AS hash, g.gates, c.since_at AS since
       FROM component c LEFT JOIN gate_set g ON g.hash = c.gate_set_hash WHERE c.cluster_id = $1`,
    [clusterId],
  );
  const known = new Map<string, StoredSet>(before.map((row) => [`${row.component}\u0000${row.instance}`, row]));
  const sets = new Map<string, GateJson>();
  const hashes = new Map<ReadonlyMap<string, unknown>, string>();
  const changes: Change[] = [];
  const rows = readings.map((reading) => {
    const old = known.get(`${reading.component}\u0000${reading.instance}`);
    let hash = old?.hash ?? null;
    let since = old?.since ?? at;
    if (reading.gates !== null) {
      const fresh = hashes.get(reading.gates) ?? hashGates(reading.gates, sets);
      hashes.set(reading.gates, fresh);
      if (old !== undefined && old.hash !== null && old.hash !== fresh) {
        since = at;
        changes.push(...diffGates(reading, old, sets.get(fresh) ?? {}));
      }
      hash = fresh;
    }
    return [
      clusterId,
      reading.component,
      reading.instance,
      reading.version,
      hash,
      reading.gates === null ? null : reading.source,
      reading.explicit === null ? null : { json: Object.fromEntries(reading.explicit) },
      reading.explicitSource,
      reading.unread?.reason ?? null,
      reading.unread?.detail ?? null,
      reading.readAt,
      since,
    ];
  });
  for (const [hash, gates] of sets) {
    await client.query(`INSERT INTO gate_set (hash, gates) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      hash,
      JSON.stringify(gates),
    ]);
  }
  await mergeRows(
    client,
    {
      table: "component",
      key: ["cluster_id", "component", "instance"],
      columns: [
        "cluster_id",
        "component",
        "instance",
        "version",
        "gate_set_hash",
        "source",
        "explicit",
        "explicit_source",
        "unread_reason",
        "unread_detail",
        "read_at",
        "since_at",
      ],
    },
    clusterId,
    rows,
  );
  await copyRows(
    client,
    "gate_change",
    ["cluster_id", "at", "component", "instance", "gate", "was_on", "is_on", "from_version", "to_version"],
    changes.map((c) => [clusterId, at, c.component, c.instance, c.gate, c.wasOn, c.isOn, c.fromVersion, c.toVersion]),
  );
  return { changes: changes.length };
}

/** A change of the past, seen by a source that remembers. */
export type PastGateChange = {
  readonly component: string;
  readonly instance: string;
  readonly gate: string;
  readonly at: Date;
  readonly wasOn: boolean;
  readonly isOn: boolean;
};

/**
 * Writes down what changed before the first live reading, for instances that are there today. The gates in force now are in force
 * since the last of these changes, unless a live reading saw a later one. Doing it twice changes nothing.
 */
export async function savePastGateChanges(
  client: PoolClient,
  clusterId: number,
  changes: readonly PastGateChange[],
): Promise<number> {
  if (changes.length === 0) return 0;
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_gate_change (component text, instance text, gate text, at timestamptz, was_on boolean, is_on boolean) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_gate_change`);
  await copyRows(
    client,
    "incoming_gate_change",
    ["component", "instance", "gate", "at", "was_on", "is_on"],
    changes.map((c) => [c.component, c.instance, c.gate, c.at, c.wasOn, c.isOn]),
  );
  const { rowCount } = await client.query(
    `INSERT INTO gate_change (cluster_id, at, component, instance, gate, was_on, is_on)
     SELECT $1::smallint, i.at, i.component, i.instance, i.gate, i.was_on, i.is_on
       FROM incoming_gate_change i JOIN component c ON c.cluster_id = $1 AND (c.component, c.instance) = (i.component, i.instance)
      WHERE i.at < (SELECT coalesce(min(g.at), 'infinity') FROM gate_change g
                     WHERE g.cluster_id = $1 AND (g.component, g.instance, g.gate) = (i.component, i.instance, i.gate))
         AND i.at < c.since_at
     ON CONFLICT DO NOTHING`,
    [clusterId],
  );
  await client.query(
    `UPDATE component c SET since_at = last.at
       FROM (SELECT component, instance, max(at) AS at FROM gate_change WHERE cluster_id = $1 GROUP BY 1, 2) last
      WHERE c.cluster_id = $1 AND (c.component, c.instance) = (last.component, last.instance) AND last.at < c.since_at`,
    [clusterId],
  );
  return rowCount ?? 0;
}

type Change = {
  component: string;
  instance: string;
  gate: string;
  wasOn: boolean | null;
  isOn: boolean | null;
  fromVersion: string | null;
  toVersion: string | null;
};

function diffGates(reading: ComponentReading, old: StoredSet, fresh: GateJson): Change[] {
  const changes: Change[] = [];
  for (const gate of new Set([...Object.keys(old.gates ?? {}), ...Object.keys(fresh)])) {
    const wasOn = old.gates?.[gate]?.[0] ?? null;
    const isOn = fresh[gate]?.[0] ?? null;
    if (wasOn === isOn) continue;
    changes.push({
      component: reading.component,
      instance: reading.instance,
      gate,
      wasOn,
      isOn,
      fromVersion: old.version,
      toVersion: reading.version,
    });
  }
  return changes;
}

function hashGates(gates: NonNullable<ComponentReading["gates"]>, sets: Map<string, GateJson>): string {
  const sorted = [...gates].sort(([a], [b]) => (a < b ? -1 : 1));
  const json: GateJson = Object.fromEntries(
    sorted.map(([name, value]) => [name, [value.isOn, value.stage] as [boolean, string]]),
  );
  const hash = createHash("sha256").update(JSON.stringify(json)).digest("base64url").slice(0, 22);
  sets.set(hash, json);
  return hash;
}
