import type { KubeletFacts } from "./snapshot.ts";

/** Kubelet facts from two sources: what the kubelet itself said stays, metrics fill what it left open, per field. */
export function mergeKubelets(own: readonly KubeletFacts[], scraped: readonly KubeletFacts[]): KubeletFacts[] {
  const byNode = new Map(scraped.map((facts) => [facts.nodeName, facts]));
  const merged = own.map((facts) => {
    const other = byNode.get(facts.nodeName);
    byNode.delete(facts.nodeName);
    if (other === undefined) return facts;
    // Facts of an earlier metrics read are replaced by newer ones of the same kind.
    const [first, second] = facts.source === "prometheus" ? [other, facts] : [facts, other];
    const filled = Object.entries(first).map(([key, value]) => [key, value ?? second[key as keyof KubeletFacts]]);
    return { ...first, ...Object.fromEntries(filled), readAt: other.readAt };
  });
  return [...merged, ...byNode.values()];
}
