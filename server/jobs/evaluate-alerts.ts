import type { PoolClient } from "pg";
import { alertDefinition, type EffectiveRule, effectiveRules } from "../domain/pressure/alert-rules.ts";
import { nextAlert, QUIET } from "../domain/pressure/alerting.ts";
import { TOP_CONTAINER_ROWS, TOP_ROWS } from "../domain/pressure/top-rows.ts";
import {
  type AlertSubject,
  claimAlerts,
  dropAlertState,
  hasSamples,
  loadAlertEdits,
  loadAlertStates,
  markJudged,
  type Observation,
  readClusterMeans,
  readCutValue,
  readGoneSubjects,
  readHealth,
  readObservations,
  readSubjects,
  type StoredAlertState,
  saveAlertEvent,
  saveAlertState,
  unjudgedMoments,
} from "../store/alerts.ts";
import { inTransaction } from "../store/db.ts";
import type { JobContext } from "./context.ts";

type PressureRule = Extract<EffectiveRule, { topic: "pressure" }>;
type Context = Pick<JobContext, "pool" | "now" | "clusters" | "log"> & {
  readonly config: Pick<JobContext["config"], "webhooks">;
};
/** One run over one cluster: everything below happens in the transaction that holds the cluster's row. */
type Run = {
  readonly client: PoolClient;
  readonly clusterId: number;
  readonly webhooks: readonly string[];
  readonly states: Map<string, StoredAlertState>;
};

/** Kinds of reads as subjects of their own; entity ids are positive. */
const READ_SUBJECTS: Readonly<Record<string, number>> = { inventory: -1, metrics: -2, gates: -3 };
const CLUSTER_SUBJECT = 0;

/**
 * Judges what has been read since the last turn, cluster by cluster. States, events and the intents to tell webhooks change in
 * one transaction under the cluster's row, so several collectors may do this side by side and a killed one leaves nothing half.
 */
export async function evaluateAlerts(context: Context): Promise<void> {
  const rules = effectiveRules(await loadAlertEdits(context.pool));
  const webhooks = Object.keys(context.config.webhooks);
  for (const [clusterId, cluster] of context.clusters) {
    try {
      await inTransaction(context.pool, (client) => judgeCluster(client, clusterId, rules, webhooks, context.now()));
    } catch (error) {
      // One cluster's trouble keeps no other from being judged.
      context.log.error({ cluster: cluster.name, err: error }, "alerts could not be judged");
    }
  }
}

async function judgeCluster(
  client: PoolClient,
  clusterId: number,
  rules: readonly EffectiveRule[],
  webhooks: readonly string[],
  now: Date,
): Promise<void> {
  const judgedAt = await claimAlerts(client, clusterId, now);
  if (judgedAt === null) return;
  const states = new Map((await loadAlertStates(client, clusterId)).map((state) => [keyOf(state), state]));
  const run: Run = { client, clusterId, webhooks, states };
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  await endDisabled(run, rules, now);
  const pressureRules = enabled.filter((rule): rule is PressureRule => rule.topic === "pressure");
  for (const at of await unjudgedMoments(client, clusterId, judgedAt, now)) {
    // Containers are read more seldom than the rest: a moment without any says nothing of them.
    const hasContainers = await hasSamples(client, clusterId, at, "container");
    await judgeMoment(
      run,
      pressureRules.filter(({ level }) => level !== "container" || hasContainers),
      at,
    );
    await markJudged(client, clusterId, at);
  }
  await judgeReading(run, enabled, now);
}

async function judgeMoment(run: Run, rules: readonly PressureRule[], at: Date): Promise<void> {
  const { client, clusterId, states } = run;
  const known = [...states.values()].filter(
    ({ ruleId, entityId }) => entityId > 0 && alertDefinition(ruleId)?.topic === "pressure",
  );
  const ids = [...new Set(known.map(({ entityId }) => entityId))];
  const seen = new Map<number, Observation>();
  for (const observation of await readObservations(client, clusterId, at, rules, ids))
    seen.set(observation.entityId, observation);
  const missing = ids.filter((id) => !seen.has(id));
  if (missing.length > 0) {
    await endGone(run, missing, rules, at);
    for (const subject of await readSubjects(client, clusterId, missing))
      if (!seen.has(subject.entityId)) seen.set(subject.entityId, { ...subject, values: new Map() });
  }
  const cuts = new Map<string, number | null>();
  for (const observation of seen.values()) {
    for (const rule of rules) {
      if (rule.level !== observation.level) continue;
      const key = keyOf({ ruleId: rule.id, entityId: observation.entityId });
      let value = observation.values.get(rule.metric) ?? null;
      // Absent from a list that was cut: not silent, but below its last row.
      if (value === null && states.has(key)) value = await cutValue(run, rule, at, cuts);
      await step(run, rule, observation, value, at);
    }
  }
  const means = await readClusterMeans(client, clusterId, at, rules);
  for (const rule of rules)
    if (rule.level === "cluster") await step(run, rule, clusterSubject(), means.get(rule.metric) ?? null, at);
}

async function judgeReading(run: Run, rules: readonly EffectiveRule[], now: Date): Promise<void> {
  const health = await readHealth(run.client, run.clusterId, now);
  if (health === null) return;
  for (const rule of rules) {
    if (rule.topic === "stale") await step(run, rule, clusterSubject(), health.staleSeconds, now);
    if (rule.topic !== "reads") continue;
    for (const { kind, count } of health.failures) {
      const entityId = READ_SUBJECTS[kind];
      if (entityId !== undefined) await step(run, rule, { ...clusterSubject(), entityId, name: kind }, count, now);
    }
  }
}

/** One observation of one rule: the state moves on, and a change becomes an event with its deliveries. */
async function step(
  run: Run,
  rule: EffectiveRule,
  subject: AlertSubject,
  value: number | null,
  at: Date,
): Promise<void> {
  const { client, clusterId, states } = run;
  const key = { ruleId: rule.id, entityId: subject.entityId };
  const before = states.get(keyOf(key));
  const { state, change } = nextAlert(rule, before ?? QUIET, value, at);
  const isTurningOn = !state.isFiring && state.turningSince !== null;
  const peak =
    value === null ? (before?.peak ?? null) : before === undefined ? value : Math.max(before.peak ?? value, value);
  let firedEventId = before?.firedEventId ?? null;
  if (change !== null) {
    const eventId = await saveAlertEvent(
      client,
      { clusterId, ruleId: rule.id, change, at, value, peak, rule, subject, firedEventId },
      receivers(run, rule),
    );
    firedEventId = change === "fired" ? eventId : null;
  }
  if (!state.isFiring && !isTurningOn) {
    if (before === undefined) return;
    states.delete(keyOf(key));
    await dropAlertState(client, clusterId, key);
    return;
  }
  const next = { ...key, ...state, peak, firedEventId };
  states.set(keyOf(key), next);
  await saveAlertState(client, clusterId, next, value, at);
}

/** What a rule that was switched off still says is ended, so that no receiver waits for an end that never comes. */
async function endDisabled(run: Run, rules: readonly EffectiveRule[], now: Date): Promise<void> {
  const off = [...run.states.values()].filter(
    (state) => rules.find(({ id }) => id === state.ruleId)?.isEnabled !== true,
  );
  const subjects = await readSubjects(
    run.client,
    run.clusterId,
    off.map(({ entityId }) => entityId),
  );
  for (const state of off) {
    const subject = subjects.find(({ entityId }) => entityId === state.entityId) ?? readSubject(state.entityId);
    await end(
      run,
      state,
      rules.find(({ id }) => id === state.ruleId),
      subject,
      "rule-off",
      now,
    );
  }
}

async function endGone(run: Run, missing: readonly number[], rules: readonly EffectiveRule[], at: Date): Promise<void> {
  for (const subject of await readGoneSubjects(run.client, run.clusterId, missing)) {
    for (const state of [...run.states.values()].filter(({ entityId }) => entityId === subject.entityId))
      await end(
        run,
        state,
        rules.find(({ id }) => id === state.ruleId),
        subject,
        "gone",
        at,
      );
  }
}

async function end(
  run: Run,
  state: StoredAlertState,
  rule: EffectiveRule | undefined,
  subject: AlertSubject,
  change: "gone" | "rule-off",
  at: Date,
): Promise<void> {
  const { client, clusterId, states } = run;
  if (state.isFiring && rule !== undefined) {
    const { ruleId, peak, firedEventId } = state;
    await saveAlertEvent(
      client,
      { clusterId, ruleId, change, at, value: null, peak, rule, subject, firedEventId },
      receivers(run, rule),
    );
  }
  states.delete(keyOf(state));
  await dropAlertState(client, clusterId, state);
}

/** Every configured webhook, or those that the rule names; a name that is not configured waits in the outbox and is told there. */
function receivers({ webhooks }: Run, rule: EffectiveRule): readonly string[] {
  return rule.webhooks ?? webhooks;
}

async function cutValue(
  { client, clusterId }: Run,
  rule: PressureRule,
  at: Date,
  cuts: Map<string, number | null>,
): Promise<number | null> {
  // Namespaces and workloads show their worst pod, so they are absent only where the list of pods was cut.
  const level = rule.level === "container" ? "container" : rule.level === "node" ? null : "pod";
  if (level === null) return null;
  const key = `${level} ${rule.metric}`;
  const found = cuts.get(key);
  if (found !== undefined) return found;
  const topRows = level === "pod" ? TOP_ROWS : TOP_CONTAINER_ROWS;
  const value = await readCutValue(client, clusterId, at, { level, metric: rule.metric, topRows });
  cuts.set(key, value);
  return value;
}

function clusterSubject(): AlertSubject {
  return { entityId: CLUSTER_SUBJECT, level: "cluster", namespace: "", kind: "", name: "", container: "", team: null };
}

function readSubject(entityId: number): AlertSubject {
  const kind = Object.entries(READ_SUBJECTS).find(([, id]) => id === entityId)?.[0] ?? "";
  return { ...clusterSubject(), entityId, name: kind };
}

function keyOf({ ruleId, entityId }: { readonly ruleId: string; readonly entityId: number }): string {
  return `${ruleId} ${entityId}`;
}
