import type { SourceRecord } from "../../domain/coverage.ts";
import type { EntitySample } from "../../domain/metrics.ts";
import { known, type Reading, unknownBecause } from "../../domain/reading.ts";
import type { KubeletFacts, NodeFacts } from "../../domain/snapshot.ts";
import { NODES_AT_ONCE } from "./collect-kubelets.ts";
import type { KubernetesConnection } from "./connection.ts";
import { openKubelet } from "./kubelet-access.ts";
import { mapBounded } from "./map-bounded.ts";
import type { SourceError } from "./source-error.ts";
import { asSourceError, okRecord } from "./source-records.ts";
import { parseSummary } from "./summary.ts";

const TIMEOUT_SECONDS = 5;
const PAGE_LIMIT_BYTES = 32 * 1024 * 1024;

export type KubeletSummaryRead = {
  readonly samples: Reading<readonly EntitySample[]>;
  /** Per node that answered: whether its pressure values ever moved. */
  readonly pressureByNode: ReadonlyMap<string, NonNullable<KubeletFacts["pressureSeries"]>>;
  readonly sources: readonly SourceRecord[];
};

/**
 * Usage, swap and pressure of the given nodes straight from their kubelets: the fallback where there is no Prometheus. One
 * request per node, at most 32 at once. Never throws for what a node does. Errors: the abort reason when `signal` fires.
 */
export async function collectKubeletSummary(
  connection: KubernetesConnection,
  nodes: readonly NodeFacts[],
  options: { readonly now?: () => Date } = {},
  signal?: AbortSignal,
): Promise<KubeletSummaryRead> {
  const now = options.now ?? (() => new Date());
  const startedAt = now();
  const samples: EntitySample[] = [];
  const pressureByNode = new Map<string, NonNullable<KubeletFacts["pressureSeries"]>>();
  const failures: SourceError[] = [];
  let receivedBytes = 0;
  let refusal: SourceError | null = null;
  await mapBounded(nodes, NODES_AT_ONCE, async (node) => {
    if (refusal !== null) {
      failures.push(refusal); // the same rights apply on every node
      return;
    }
    try {
      const door = await openKubelet(connection, node);
      try {
        const answer = await door.http.readJson(door.pathOf("/stats/summary"), {
          rbac: door.rbacOf("/stats/summary"),
          retries: 0,
          timeoutSeconds: TIMEOUT_SECONDS,
          maxBytes: PAGE_LIMIT_BYTES,
          ...(signal === undefined ? {} : { signal }),
        });
        const summary = parseSummary(answer.body);
        receivedBytes += answer.receivedBytes;
        pressureByNode.set(node.name, summary.pressure);
        for (const sample of summary.samples) samples.push(sample);
      } finally {
        await door.close();
      }
    } catch (thrown) {
      const error = asSourceError(thrown);
      failures.push(error);
      if (error.status === 403) refusal = error;
    }
  });
  const endedAt = now();
  const first = failures[0] ?? null;
  const isSkipped = first?.reason === "not-configured" && pressureByNode.size === 0;
  return {
    samples:
      pressureByNode.size === 0 && first !== null
        ? unknownBecause(first.reason, endedAt, first.message)
        : first === null
          ? known(samples, endedAt)
          : known(samples, endedAt, `${pressureByNode.size} of ${nodes.length} nodes answered`),
    pressureByNode,
    sources: [
      okRecord("kubelet:summary", "kubelet", startedAt, endedAt, {
        status: isSkipped ? "skipped" : first === null ? "ok" : pressureByNode.size > 0 ? "partial" : "failed",
        reason: first?.reason ?? null,
        detail: first === null ? null : `${failures.length} of ${nodes.length} nodes: ${first.message}`,
        fix: first?.fix ?? null,
        objectCount: pressureByNode.size,
        expectedCount: nodes.length,
        receivedBytes,
        queryCount: pressureByNode.size + failures.filter((error) => error.reason !== "not-configured").length,
      }),
    ],
  };
}
