"use client";
import type { Figure } from "#server/contract/common.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { StateMark } from "../ui/state-mark.tsx";
import { Why } from "../ui/why.tsx";

/** "18 of 20": ready nodes of all, marked when some are not ready. */
export function NodesReady({ nodes, ready }: { readonly nodes: Figure; readonly ready: Figure }) {
  const t = useMessages();
  const format = useFormat();
  const all = figureValue(nodes);
  const good = figureValue(ready);
  if (all === null) return <StateMark figure={nodes} />;
  const provenance = toProvenance(ready, { label: t("clusters.nodes-ready") });
  const text = (
    <span className={good !== null && good < all ? "text-status-attention" : undefined}>
      {t("clusters.of", { part: good === null ? "?" : format.count(good), whole: format.count(all) })}
    </span>
  );
  return provenance === undefined ? text : <Why provenance={provenance}>{text}</Why>;
}
