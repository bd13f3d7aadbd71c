"use client";
import { useState } from "react";
import type { Action, ActionDecisionInput } from "#server/contract/actions.ts";
import { useDecideAction } from "../data/actions-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { Stat } from "../ui/stat.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { actionSentence } from "./action-sentence.ts";

const SNOOZE_MS = 30 * 86_400_000;
const GUARDS = [
  "cpu-waits",
  "cpu-throttled",
  "memory-waits",
  "oom",
  "zone-without-endpoints",
  "endpoint-without-zone",
  "uneven-load",
  "uneven-endpoint",
  "zone-loss-overload",
  "zone-loss-outage",
  "no-ready-endpoints",
] as const;

export type ActionDrawerProps = {
  readonly action: Action;
  /** Actions that overlap it. */
  readonly others: readonly Action[];
  readonly onClose: () => void;
};

/** Why, what to apply, and the decision. */
export function ActionDrawer({ action, others, onClose }: ActionDrawerProps) {
  const { t, format, now } = useReader();
  const [reason, setReason] = useState("");
  const decide = useDecideAction();
  const refusal = useRefusal("decide");
  const send = (decision: ActionDecisionInput["decision"]) =>
    decide.mutate(
      {
        id: action.id,
        input: {
          decision,
          reason: reason.trim() === "" ? null : reason.trim(),
          untilAt: decision === "snoozed" ? new Date(now + SNOOZE_MS).toISOString() : null,
        },
      },
      { onSuccess: onClose },
    );
  const pods = action.facts.podCount;
  const hours = action.facts.hourCount;
  return (
    <Drawer title={actionSentence(action, { t, format })} onClose={onClose} size="md">
      <div className="flex flex-col gap-5">
        <div className="grid grid-cols-2 gap-4">
          <Stat label={t("actions.freed")} figure={action.freedCostPerMonth} />
          <Stat label={t("actions.cash")} figure={action.cashPerMonth} />
        </div>
        <p className="text-sm text-muted-foreground">
          {[
            action.cluster,
            action.namespace,
            action.team ?? t(action.namespace === null ? "actions.whole-cluster" : "actions.unowned"),
          ]
            .filter((word) => word !== null)
            .join(" · ")}
          {typeof pods === "number" && typeof hours === "number" && (
            <> · {t("actions.facts", { pods, hours: format.count(hours) })}</>
          )}
        </p>
        {action.removedNodes.length > 0 && (
          <p className="text-sm">{t("actions.nodes", { names: action.removedNodes.join(", ") })}</p>
        )}
        {action.guards.length > 0 && (
          <ul className="flex flex-col gap-1 text-sm text-status-attention">
            {GUARDS.filter((guard) => action.guards.includes(guard)).map((guard) => (
              <li key={guard}>{t(`actions.guard.${guard}`)}</li>
            ))}
          </ul>
        )}
        {action.evidence.length > 0 && (
          <section aria-labelledby="action-evidence" className="flex flex-col gap-2">
            <h3 id="action-evidence" className="text-sm font-medium">
              {t("actions.evidence")}
            </h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 text-sm">
              {action.evidence.map((item) => (
                <div key={`${item.ref}/${item.subject}`} className="contents">
                  <dt className="text-muted-foreground">{item.ref}</dt>
                  <dd className="text-right tabular-nums">{shown(item, format)}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        {others.length > 0 && (
          <section aria-labelledby="action-overlaps" className="flex flex-col gap-1 text-sm">
            <h3 id="action-overlaps" className="font-medium">
              {t("actions.overlaps")}
            </h3>
            <ul className="flex flex-col gap-1 text-muted-foreground">
              {others.map((other) => (
                <li key={other.id}>
                  {actionSentence(other, { t, format })}
                  {other.isCounted && ` (${t("actions.counted")})`}
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="text-sm">{linkOf(action, t)}</p>
        {action.manifest !== null && (
          <CodeBlock label={t("actions.manifest")} code={action.manifest} fileName={`${action.kind}.yaml`} />
        )}
        {action.decision !== null && (
          <p className="text-sm text-muted-foreground">
            {t(`actions.status.${action.decision.decision}`)}.{" "}
            {t("actions.decided", { by: action.decision.decidedBy, at: format.dateTime(action.decision.decidedAt) })}
            {action.decision.reason !== null && <> – {action.decision.reason}</>}
          </p>
        )}
        {refusal === undefined ? (
          <Input
            label={t("actions.reason")}
            hint={t("actions.reason-hint")}
            value={reason}
            maxLength={1000}
            onChange={({ target }) => setReason(target.value)}
          />
        ) : (
          <p className="text-sm text-muted-foreground">{t("actions.refused", { why: refusal })}</p>
        )}
        {decide.error !== null && <ErrorNote error={decide.error} />}
        <div className="flex flex-wrap gap-2">
          {refusal !== undefined ? null : action.status === "open" ? (
            <>
              <Button variant="primary" isBusy={decide.isPending} onClick={() => send("accepted")}>
                {t("actions.accept")}
              </Button>
              <Button disabled={reason.trim() === "" || decide.isPending} onClick={() => send("dismissed")}>
                {t("actions.dismiss")}
              </Button>
              <Button variant="ghost" disabled={decide.isPending} onClick={() => send("snoozed")}>
                {t("actions.snooze")}
              </Button>
            </>
          ) : (
            <Button isBusy={decide.isPending} onClick={() => send("open")}>
              {t("actions.reopen")}
            </Button>
          )}
        </div>
      </div>
    </Drawer>
  );
}

/** Evidence is in base units; the name of what was measured carries which. */
function shown({ ref, observed }: Action["evidence"][number], format: ReturnType<typeof useReader>["format"]): string {
  const value = Number(observed);
  if (!Number.isFinite(value)) return observed;
  if (ref.startsWith("cpuUsedCores")) return format.quantity(value, "cores");
  if (ref.startsWith("memoryWorkingSetBytes")) return format.quantity(value, "bytes");
  if (ref.startsWith("cross-zone bytes")) return format.quantity(value, "traffic-bytes");
  return ref.includes("Ratio") ? format.percent(value) : format.count(value);
}

function linkOf(action: Action, t: ReturnType<typeof useReader>["t"]) {
  const cluster = encodeURIComponent(action.cluster);
  if (action.kind === "use-feature")
    return (
      <TextLink href={`/features/${encodeURIComponent(action.name)}?cluster=${cluster}`}>
        {t("actions.open-feature")}
      </TextLink>
    );
  if (action.kind === "release-devices")
    return <TextLink href={`/gpu?cluster=${cluster}&view=waste`}>{t("actions.open-gpu")}</TextLink>;
  if (action.kind === "route-by-zone" && action.namespace !== null) {
    const path = [action.cluster, action.namespace, action.name].map(encodeURIComponent).join("/");
    return <TextLink href={`/network/services/${path}`}>{t("actions.open-service")}</TextLink>;
  }
  if (action.kind === "job-policy")
    return (
      <TextLink href={`/features/${encodeURIComponent(String(action.facts.policy))}?cluster=${cluster}`}>
        {t("actions.open-feature")}
      </TextLink>
    );
  if (action.kind === "consolidate-nodes" || action.kind === "remove-volume" || action.namespace === null) return null;
  const path = [action.namespace, action.objectKind, action.name].map(encodeURIComponent).join("/");
  return <TextLink href={`/pressure/${cluster}/workloads/${path}`}>{t("actions.open-workload")}</TextLink>;
}
