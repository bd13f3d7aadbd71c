import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { ActionDraft } from "../domain/actions/action-draft.ts";
import { proposeConsolidation } from "../domain/actions/propose-cluster.ts";
import { type RankedAction, type Ranking, rankActions } from "../domain/actions/rank-actions.ts";
import { openPacking, type Packing } from "../domain/cost/packing.ts";
import type { RepackNode } from "../domain/cost/repack-nodes.ts";
import type { PartName } from "../domain/snapshot.ts";
import {
  type ActionTotalRow,
  claimActionLists,
  markActionListDue,
  replaceActions,
  type StoredAction,
} from "../store/actions.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import { readDecisions, readRepackNodes, readRepackPods } from "../store/sql/read-actions.ts";
import { type ActionInput, PROPOSERS } from "./action-inputs.ts";
import type { JobContext } from "./context.ts";
import { followActions } from "./follow-actions.ts";
import { indexOwners } from "./owners.ts";

/** A list older than this is made anew; decisions make it anew at once. */
const MAX_AGE_SECONDS = 300;
/** Packing each action alone stops here; the totals are always packed. */
const PACK_ALONE_MS = 15_000;
const PODS_PER_NODE = 110;
const PARTS: readonly PartName[] = [
  "version",
  "apiResources",
  "namespaces",
  "nodes",
  "pods",
  "workloads",
  "jobs",
  "cronJobs",
  "services",
  "volumes",
  "volumeClaims",
  "volumeAttributesClasses",
  "csiDrivers",
  "storageClasses",
  "deviceClasses",
  "resourceSlices",
  "serviceAccounts",
  "horizontalPodAutoscalers",
  "mutatingAdmissionPolicies",
  "mutatingAdmissionPolicyBindings",
  "mutatingWebhooks",
  "kubelets",
];

/** Makes the lists of actions that are due, cluster by cluster, so that pages only read them. */
export async function rankDueActions(context: JobContext, signal: AbortSignal): Promise<void> {
  const { pool, log, now, clusters } = context;
  for (const clusterId of clusters.keys()) {
    if (signal.aborted) return;
    const [claimed] = await claimActionLists(pool, [clusterId], now(), MAX_AGE_SECONDS);
    if (claimed === undefined) continue;
    try {
      await rankCluster(context, clusterId);
    } catch (error) {
      await markActionListDue(pool, clusterId);
      log.error({ clusterId, err: error }, "actions were not ranked");
      return;
    }
  }
}

/** One cluster: proposals of every kind, packed, chosen, ranked and stored; then what became of the accepted ones. */
export async function rankCluster(context: JobContext, clusterId: number): Promise<void> {
  const { pool, log, config } = context;
  const startedAt = context.now();
  const { rows } = await pool.query<{ id: number; name: string; uid: string | null; provider: string | null }>(
    `SELECT id, name, uid, provider FROM cluster WHERE id = $1`,
    [clusterId],
  );
  const [cluster] = rows;
  if (cluster === undefined) return;
  const snapshot = await loadSnapshot(pool, cluster, startedAt, PARTS);
  const owners = indexOwners(config.teams.from, snapshot.parts);
  const input: ActionInput = { context, cluster, snapshot, owners, now: startedAt };
  const drafts: ActionDraft[] = [];
  for (const [name, propose] of Object.entries(PROPOSERS)) {
    try {
      drafts.push(...(await propose(input)));
    } catch (error) {
      log.warn({ cluster: cluster.name, kind: name, err: error }, "actions of one kind were not proposed");
    }
  }
  const { packing, nodes } = await loadPacking(context, clusterId);
  drafts.push(...proposeConsolidation(cluster.name, packing.base, nodes, startedAt));
  const decisions = new Map((await readDecisions(pool, cluster.name)).map((row) => [row.actionId, row]));
  const ranking = await rank(drafts, packing, (draft) => {
    const decision = decisions.get(draft.id);
    if (decision === undefined || decision.decision === "accepted") return true;
    return decision.decision === "snoozed" && (decision.untilAt === null || decision.untilAt <= startedAt);
  });
  await replaceActions(pool, clusterId, {
    actions: ranking.actions.map((action) => toStored(action, cluster.name)),
    totals: toTotals(ranking),
    computedAt: startedAt,
    durationSeconds: (context.now().getTime() - startedAt.getTime()) / 1000,
  });
  await followActions(input);
}

async function loadPacking(
  context: JobContext,
  clusterId: number,
): Promise<{ packing: Packing; nodes: readonly RepackNode[] }> {
  const [nodeRows, podRows] = await Promise.all([
    readRepackNodes(context.pool, [clusterId]),
    readRepackPods(context.pool, [clusterId]),
  ]);
  const nodes = nodeRows.map((node) => ({ ...node, podCount: PODS_PER_NODE }));
  const pods = podRows.map((pod) => ({ ...pod, workload: `${pod.namespace}/${pod.kind}/${pod.name}` }));
  return { packing: openPacking(nodes, pods), nodes };
}

/** Other work of the process gets its turn between two packings. */
async function rank(
  drafts: readonly ActionDraft[],
  packing: Packing,
  isOpen: (draft: ActionDraft) => boolean,
): Promise<Ranking> {
  const endAt = performance.now() + PACK_ALONE_MS;
  const steps = rankActions(drafts, packing, { isOpen, mayPack: () => performance.now() < endAt });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await yieldToOthers();
  }
}

function toStored(action: RankedAction, cluster: string): StoredAction {
  const { namespace, objectKind, name, confidence, risk, facts, guards, evidence, manifest, cash, goneNodes } = action;
  return {
    id: action.id,
    kind: action.kind,
    team: action.team ?? "",
    isWhole: action.isWhole,
    freedCostPerMonth: action.freedPerMonth,
    cashCostPerMonth: action.cashPerMonth,
    groupId: action.groupId,
    isCounted: action.isCounted,
    isCountedForTeam: action.isCountedForTeam,
    body: {
      cluster,
      namespace,
      objectKind,
      name,
      confidence,
      risk,
      facts,
      guards,
      evidence,
      manifest,
      cash,
      goneNodes,
    },
  };
}

function toTotals({ whole, byTeam }: Ranking): ActionTotalRow[] {
  const row = (isWhole: boolean, team: string, totals: Ranking["whole"]): ActionTotalRow => ({
    isWhole,
    team,
    freedCostPerMonth: totals.freedPerMonth,
    cashCostPerMonth: totals.cashPerMonth,
    countedCount: totals.countedCount,
    pricedCount: totals.pricedCount,
    removedCount: totals.removedCount,
    unpricedCount: totals.unpricedCount,
  });
  return [row(true, "", whole), ...[...byTeam].map(([team, totals]) => row(false, team, totals))];
}
