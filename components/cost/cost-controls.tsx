"use client";
import { useReader } from "../i18n/reader-provider.tsx";
import { Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { GROUPS, groupParam, labelParam, periodParam, RULES, ruleParam } from "./cost-params.ts";

type Kind = "month" | "last-month" | "custom";

export type CostControlsProps = {
  /** Label keys that the clusters have; empty until they are known. */
  readonly labelKeys: readonly string[];
  readonly label: string | null;
};

/** Period, grouping and what happens to shared cost. */
export function CostControls({ labelKeys, label }: CostControlsProps) {
  const { t, now } = useReader();
  const [period, setPeriod] = useUrlState(periodParam);
  const [group, setGroup] = useUrlState(groupParam);
  const [rule, setRule] = useUrlState(ruleParam);
  const [, setLabel] = useUrlState(labelParam);
  const kind: Kind = period === "month" || period === "last-month" ? period : "custom";
  const [from = "", to = ""] = kind === "custom" ? period.split("..") : [];
  const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString().slice(0, 10);
  const choose = (next: Kind) => setPeriod(next === "custom" ? `${daysAgo(13)}..${daysAgo(0)}` : next);
  const kinds = ["month", "last-month", "custom"] as const;
  return (
    <div className="flex flex-wrap items-end gap-x-5 gap-y-3 print:hidden">
      <Segmented
        label={t("cost.period")}
        value={kind}
        options={kinds.map((value) => ({ value, label: t(`cost.period.${value}`) }))}
        onChange={choose}
      />
      {kind === "custom" && (
        <div className="flex items-end gap-2">
          <Input
            label={t("cost.from")}
            type="date"
            value={from}
            max={to}
            onChange={({ target }) => target.value !== "" && setPeriod(`${target.value}..${to}`, "replace")}
          />
          <Input
            label={t("cost.to")}
            type="date"
            value={to}
            min={from}
            onChange={({ target }) => target.value !== "" && setPeriod(`${from}..${target.value}`, "replace")}
          />
        </div>
      )}
      <Select
        label={t("cost.group")}
        value={group}
        options={GROUPS.map((value) => ({ value, label: t(`cost.group.${value}`) }))}
        onChange={setGroup}
      />
      {group === "label" && labelKeys.length > 0 && (
        <Select
          label={t("cost.label")}
          value={label ?? labelKeys[0] ?? ""}
          options={labelKeys.map((value) => ({ value, label: value }))}
          onChange={setLabel}
        />
      )}
      <div className="flex flex-col gap-1" title={t("cost.shared-note")}>
        <span aria-hidden className="text-xs font-medium text-muted-foreground">
          {t("cost.shared-rule")}
        </span>
        <div className="flex">
          <Segmented
            label={t("cost.shared-rule")}
            value={rule}
            options={RULES.map((value) => ({ value, label: t(`cost.shared.${value}`) }))}
            onChange={setRule}
          />
        </div>
      </div>
    </div>
  );
}
