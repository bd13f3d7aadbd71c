import type { ReadKind } from "./coverage.ts";
import { mergeComponents } from "./gates/merge-components.ts";
import { mergeKubelets } from "./merge-kubelets.ts";
import { known, type Reading } from "./reading.ts";
import type { ClusterParts, ComponentReading, KubeletFacts } from "./snapshot.ts";

/** Facts of a kubelet that nobody has told again for this long belong to a node that is gone. */
const FORGET_KUBELET_MS = 86_400_000;

export type SharedParts = Pick<ClusterParts, "components" | "kubelets">;
export type Contributor = { readonly kind: ReadKind; readonly startedAt: Date };

/**
 * The two parts that both the gates read (what components say themselves) and the metrics read (what Prometheus has scraped)
 * contribute to: what one of them brings, joined with what is stored.
 *
 * Shape: only the parts that `fresh` has. Basis: each read replaces its own contribution and keeps the other's.
 */
export function joinSharedParts(
  fresh: Partial<SharedParts>,
  stored: SharedParts,
  by: Contributor,
): Partial<SharedParts> {
  return {
    ...(fresh.components === undefined
      ? {}
      : { components: mergeReading(fresh.components, stored.components, by, joinComponents) }),
    ...(fresh.kubelets === undefined
      ? {}
      : { kubelets: mergeReading(fresh.kubelets, stored.kubelets, by, joinKubelets) }),
  };
}

/** What one read lacks stays said when the other one is stored on top of it. */
function mergeReading<Value>(
  fresh: Reading<readonly Value[]>,
  stored: Reading<readonly Value[]>,
  by: Contributor,
  join: (fresh: readonly Value[], stored: readonly Value[], by: Contributor) => readonly Value[],
): Reading<readonly Value[]> {
  if (fresh.state !== "value") return fresh;
  if (stored.state !== "value") return fresh;
  const partial = fresh.partial ?? (by.kind === "metrics" ? stored.partial : undefined);
  return known(join(fresh.value, stored.value, by), fresh.readAt, partial);
}

/** Instances that the other read alone knows stay until it replaces them itself. */
function joinComponents(
  fresh: readonly ComponentReading[],
  stored: readonly ComponentReading[],
  { kind }: Contributor,
): readonly ComponentReading[] {
  const isScraped = (reading: ComponentReading): boolean => reading.source === "prometheus";
  return kind === "metrics"
    ? mergeComponents(
        stored.filter((reading) => !isScraped(reading)),
        fresh,
      )
    : mergeComponents(fresh, stored.filter(isScraped));
}

function joinKubelets(
  fresh: readonly KubeletFacts[],
  stored: readonly KubeletFacts[],
  { kind, startedAt }: Contributor,
): readonly KubeletFacts[] {
  const recent = stored.filter(({ readAt }) => startedAt.getTime() - readAt.getTime() < FORGET_KUBELET_MS);
  return kind === "metrics"
    ? mergeKubelets(recent, fresh)
    : mergeKubelets(
        fresh,
        recent.filter(({ source }) => source === "prometheus"),
      );
}
