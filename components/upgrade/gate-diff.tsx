"use client";
import { useMemo } from "react";
import type { UpgradePlan } from "#server/contract/upgrade.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { cn } from "../ui/cn.ts";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import type { Tone } from "../ui/tone.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { changeParam, GATE_CHANGES, type GateChangeName } from "./upgrade-params.ts";

type Transition = UpgradePlan["gates"][number];
const TONES: Readonly<Record<GateChangeName, Tone>> = {
  "flips-on": "in-use",
  "flips-off": "attention",
  "locks-on": "always-on",
  "locks-off": "attention",
  appears: "neutral",
  "vanishes-always-on": "always-on",
  "vanishes-gone": "blocked",
};

/** Gates that flip, lock, appear or vanish on the way, and who sets them. */
export function GateDiff({ plan }: { readonly plan: UpgradePlan }) {
  const { t, format } = useReader();
  const [change, setChange] = useUrlState(changeParam);
  const rows = useMemo(
    () =>
      plan.gates
        .filter((gate) => change === "all" || (change === "set" ? gate.setBy.length > 0 : gate.change === change))
        .sort((a, b) => Number(b.setBy.length > 0) - Number(a.setBy.length > 0)),
    [plan, change],
  );
  const columns = useMemo<readonly TableColumn<Transition>[]>(
    () => [
      {
        id: "gate",
        header: t("upgrade.gate"),
        value: (gate) => gate.gate,
        cell: (gate) => (
          <TextLink href={`/gates?cluster=${encodeURIComponent(plan.cluster)}&gate=${encodeURIComponent(gate.gate)}`}>
            {gate.gate}
          </TextLink>
        ),
        isRowHeader: true,
        isFixed: true,
        widthRem: 22,
      },
      {
        id: "change",
        header: t("upgrade.change"),
        value: (gate) => t(`upgrade.change.${gate.change}`),
        cell: (gate) => (
          <Badge tone={TONES[gate.change]} look="outline">
            {t(`upgrade.change.${gate.change}`)}
          </Badge>
        ),
        widthRem: 12,
      },
      { id: "minor", header: t("upgrade.minor"), value: (gate) => gate.atMinor, widthRem: 6 },
      { id: "stage", header: t("upgrade.stage"), value: (gate) => gate.stage ?? "–", widthRem: 8 },
      {
        id: "set",
        header: t("upgrade.set-by"),
        value: (gate) => gate.setBy.join("; "),
        cell: (gate) =>
          gate.setBy.length === 0 ? (
            <span className="text-subtle-foreground">{t("upgrade.set-by-nobody")}</span>
          ) : (
            <span className="font-medium whitespace-normal text-status-attention">{gate.setBy.join("; ")}</span>
          ),
        widthRem: 22,
      },
    ],
    [t, plan.cluster],
  );
  const count = (own: "all" | "set" | GateChangeName) =>
    plan.gates.filter((gate) => own === "all" || (own === "set" ? gate.setBy.length > 0 : gate.change === own)).length;
  if (plan.gates.length === 0) return <EmptyNote>{t("upgrade.gates-none")}</EmptyNote>;
  return (
    <div className="flex flex-col gap-2">
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">{t("upgrade.gates-filter")}</legend>
        {(["all", "set", ...GATE_CHANGES] as const)
          .filter((own) => own === "all" || own === change || count(own) > 0)
          .map((own) => (
            <button
              key={own}
              type="button"
              aria-pressed={change === own}
              onClick={() => setChange(change === own ? "all" : own)}
              className={cn(
                "inline-flex h-7 items-center gap-1.5 rounded-md border px-2 text-xs hover:bg-hovered",
                change === own ? "border-accent bg-selected font-medium" : "bg-card text-muted-foreground",
              )}
            >
              {own === "all"
                ? t("upgrade.gates-all")
                : own === "set"
                  ? t("upgrade.gates-set")
                  : t(`upgrade.change.${own}`)}
              <span className="font-semibold text-foreground">{format.count(count(own))}</span>
            </button>
          ))}
      </fieldset>
      <DataTable
        label={t("upgrade.gates")}
        rows={rows}
        columns={columns}
        rowKey={(gate) => `${gate.gate}/${gate.change}/${gate.atMinor}`}
        urlKey="diff"
        csvName={`sluice-upgrade-${plan.cluster}-${plan.target}-gates`}
      />
    </div>
  );
}
