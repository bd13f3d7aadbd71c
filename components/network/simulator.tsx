"use client";
import { ShieldCheck, TriangleAlert } from "lucide-react";
import { useCallback, useMemo } from "react";
import type { NetworkService, ServiceSimulation } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { type Figure, figureOf } from "../ui/figure.ts";
import { Segmented } from "../ui/segmented.tsx";
import { Stat } from "../ui/stat.tsx";
import { Switch } from "../ui/switch.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { settingParam, spreadParam } from "./network-params.ts";
import { RiskText } from "./risk-text.tsx";

type ZoneRow = ServiceSimulation["zones"][number];

/** A setting tried on measured traffic: money and bytes before and after, load per endpoint, risks, and the change as YAML. */
export function Simulator({ service }: { readonly service: NetworkService }) {
  const { t } = useReader();
  const [setting, setSetting] = useUrlState(settingParam);
  const [isSpread, setSpread] = useUrlState(spreadParam);
  const { simulation } = service;
  return (
    <Card aria-labelledby="network-simulator" className="flex flex-col gap-4">
      <CardHeader id="network-simulator" title={t("network.svc.simulator")} note={t("network.svc.simulator.note")} />
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <Segmented
          label={t("network.setting")}
          value={setting}
          options={(["none", "PreferSameZone", "PreferSameNode"] as const).map((value) => ({
            value,
            label: t(`network.setting.${value}`),
          }))}
          onChange={(value) => setSetting(value, "replace")}
        />
        <Switch label={t("network.spread")} isOn={isSpread} onChange={(isOn) => setSpread(isOn, "replace")} />
      </div>
      {simulation === null ? (
        <EmptyNote>{t("network.svc.no-traffic")}</EmptyNote>
      ) : (
        <Outcome simulation={simulation} currency={service.currency} />
      )}
      <div className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">{t("network.svc.manifest")}</h3>
        {service.manifest === null ? (
          <p className="text-sm text-muted-foreground">{t("network.svc.no-manifest")}</p>
        ) : (
          <CodeBlock
            label={t("network.svc.manifest")}
            code={service.manifest}
            fileName={`${service.name}-traffic.yaml`}
          />
        )}
      </div>
    </Card>
  );
}

function Outcome({ simulation, currency }: { readonly simulation: ServiceSimulation; readonly currency: string }) {
  const { t, format } = useReader();
  const unit = `money:${currency}` as const;
  const { measuredCostPerMonth: now, simulatedCostPerMonth: then } = simulation;
  const money = (value: number | null): Figure => figureOf(value, "not-configured");
  const times = useCallback(
    (factor: number | null) => (factor === null ? "–" : `${format.number(Math.round(factor * 10) / 10)}×`),
    [format],
  );
  const columns = useMemo(
    (): TableColumn<ZoneRow>[] => [
      {
        id: "zone",
        header: t("network.svc.zone"),
        isRowHeader: true,
        value: (row) => row.zone,
        cell: (row) => <span className="whitespace-nowrap">{row.zone}</span>,
      },
      { id: "count", header: t("network.svc.count"), unit: "count", value: (row) => row.endpointCount },
      { id: "clients", header: t("network.svc.clients"), unit: "traffic-bytes", value: (row) => row.clientBytes },
      {
        id: "before",
        header: t("network.svc.per-endpoint-now"),
        unit: "traffic-bytes",
        value: (row) => row.perEndpointBefore,
      },
      {
        id: "after",
        header: t("network.svc.per-endpoint-then"),
        unit: "traffic-bytes",
        value: (row) => row.perEndpointAfter,
      },
      {
        id: "loss",
        header: t("network.svc.loss"),
        hint: t("network.svc.loss.hint"),
        align: "end",
        value: (row) => row.lossFactorAfter,
        cell: (row) => `${times(row.lossFactorNow)} → ${times(row.lossFactorAfter)}`,
        csvHeader: "zoneLossFactorThen",
      },
    ],
    [t, times],
  );
  return (
    <>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-5">
        <Stat label={t("network.now")} figure={money(now)} unit={unit} note={t("network.rate")} />
        <Stat label={t("network.then")} figure={money(then)} unit={unit} note={t("network.rate")} />
        <Stat
          size="lg"
          label={t("network.saved")}
          figure={money(now === null || then === null ? null : now - then)}
          unit={unit}
          note={`${format.quantity(simulation.measuredCrossZoneBytes, "traffic-bytes")} → ${format.quantity(simulation.simulatedCrossZoneBytes, "traffic-bytes")}`}
        />
      </div>
      <DataTable
        label={t("network.svc.zone")}
        rows={simulation.zones}
        columns={columns}
        rowKey={(row) => row.zone}
        isBare
      />
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">{t("network.risks")}</h3>
        {simulation.risks.length === 0 ? (
          <p className="flex items-center gap-1.5 text-sm text-muted-foreground">
            <ShieldCheck aria-hidden size={14} className="text-status-ready" />
            {t("network.risks.none")}
          </p>
        ) : (
          <ul className="flex flex-col gap-1 text-sm">
            {simulation.risks.map((risk) => (
              <li key={JSON.stringify(risk)} className="flex items-start gap-1.5">
                <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0 text-status-attention" />
                <RiskText risk={risk} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
