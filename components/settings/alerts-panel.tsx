"use client";
import { useMemo, useState } from "react";
import type { AlertRule, AlertRuleList } from "#server/contract/alerts.ts";
import { useAlertRules } from "../data/alerts-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { AlertDialog } from "./alert-dialog.tsx";
import { WebhooksCard } from "./webhooks-card.tsx";

/** Limits of every alert with units and defaults, and who is told. */
export function AlertsPanel() {
  const { t } = useReader();
  const rules = useAlertRules();
  return (
    <QueryView what={t("alerts.rules")} query={rules}>
      {(data) => (
        <div className="grid min-w-0 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
          <div className="flex min-w-0 flex-col gap-3">
            <SectionHeader
              id="rules"
              title={t("alerts.rules")}
              summary={t("alerts.rules-note")}
              actions={<TextLink href="/pressure?tab=alerts">{t("alerts.see-history")}</TextLink>}
            />
            <RuleTable rules={data} />
          </div>
          <WebhooksCard rules={data} />
        </div>
      )}
    </QueryView>
  );
}

function RuleTable({ rules }: { readonly rules: AlertRuleList }) {
  const { t, format } = useReader();
  const refusal = useRefusal("alerts");
  const [editing, setEditing] = useState<string | null>(null);
  const nameOf = useRuleName();
  const edited = rules.items.find(({ id }) => id === editing);
  const columns = useMemo<readonly TableColumn<AlertRule>[]>(() => {
    const muted = (isDefault: boolean, text: string) => (
      <span className={isDefault ? "text-muted-foreground" : "font-medium"}>{text}</span>
    );
    return [
      {
        id: "rule",
        header: t("alerts.rule"),
        value: nameOf,
        isRowHeader: true,
        isFixed: true,
        widthRem: 14,
        csvHeader: "rule",
        csv: ({ id }) => id,
      },
      {
        id: "level",
        header: t("alerts.level"),
        value: ({ level }) => t(`pressure.level.${level}`),
        isHiddenAtFirst: true,
      },
      {
        id: "on",
        header: t("alerts.enabled"),
        value: ({ isEnabled }) => (isEnabled ? 0 : 1),
        csvHeader: "isEnabled",
        csv: ({ isEnabled }) => String(isEnabled),
        cell: ({ isEnabled }) => (
          <Badge tone={isEnabled ? "ready" : "off"} look={isEnabled ? "soft" : "outline"}>
            {t(isEnabled ? "alerts.enabled" : "alerts.disabled")}
          </Badge>
        ),
        widthRem: 5,
      },
      {
        id: "fire",
        header: t("alerts.fire-at"),
        align: "end",
        value: ({ fireAt }) => fireAt,
        cell: ({ fireAt, unit, defaults }) => muted(fireAt === defaults.fireAt, format.quantity(fireAt, unit)),
        csvHeader: "fireAt",
        widthRem: 6,
      },
      {
        id: "clear",
        header: t("alerts.clear-at"),
        align: "end",
        value: ({ clearAt }) => clearAt,
        cell: ({ clearAt, unit, defaults }) => muted(clearAt === defaults.clearAt, format.quantity(clearAt, unit)),
        csvHeader: "clearAt",
        widthRem: 6,
      },
      {
        id: "wait",
        header: t("alerts.wait"),
        align: "end",
        value: ({ forSeconds }) => forSeconds,
        cell: ({ forSeconds, defaults }) =>
          muted(
            forSeconds === defaults.forSeconds,
            forSeconds === 0 ? t("alerts.at-once") : format.duration(forSeconds),
          ),
        csvHeader: "forSeconds",
        widthRem: 6,
      },
      {
        id: "firing",
        header: t("alerts.now-firing"),
        unit: "count",
        value: ({ firingCount }) => firingCount,
        widthRem: 5,
      },
      {
        id: "told",
        header: t("alerts.told-to"),
        value: ({ webhooks }) =>
          webhooks === null
            ? t("alerts.every-webhook")
            : webhooks.length === 0
              ? t("alerts.nobody")
              : webhooks.join(", "),
      },
      {
        id: "by",
        header: t("alerts.edited-by"),
        value: ({ updatedBy }) => updatedBy ?? t("alerts.default"),
        isHiddenAtFirst: true,
      },
      {
        id: "change",
        header: t("alerts.edit"),
        value: () => "",
        csv: () => null,
        isFixed: true,
        widthRem: 5,
        cell: (rule) => (
          <Button
            size="sm"
            refusal={refusal}
            aria-label={`${t("alerts.edit")}: ${nameOf(rule)}`}
            onClick={() => setEditing(rule.id)}
          >
            {t("alerts.edit")}
          </Button>
        ),
      },
    ];
  }, [t, format, nameOf, refusal]);
  return (
    <>
      <DataTable
        label={t("alerts.rules")}
        rows={rules.items}
        columns={columns}
        rowKey={({ id }) => id}
        urlKey="rules"
        initialSort={{ column: "on", isDescending: false }}
        csvName="sluice-alert-rules"
      />
      {edited !== undefined && (
        <AlertDialog rule={edited} name={nameOf(edited)} webhooks={rules.webhooks} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function useRuleName(): (rule: AlertRule) => string {
  const { t } = useReader();
  return useMemo(
    () =>
      ({ topic, level, resource, kind }) =>
        topic === "pressure" && resource !== null && kind !== null
          ? `${t(`pressure.level.${level}`)} · ${t("alerts.topic.pressure", {
              resource: t(`pressure.resource.${resource}`),
              kind: t(`pressure.kind.${kind}`),
            })}`
          : t(`alerts.topic.${topic === "stale" ? "stale" : "reads"}`),
    [t],
  );
}
