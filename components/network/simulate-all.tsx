"use client";
import { TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import type { Network, NetworkSimulation, ServiceSimulation } from "#server/contract/network.ts";
import { type NetworkWindow, useNetworkSimulations } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Switch } from "../ui/switch.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { settingParam, spreadParam } from "./network-params.ts";
import { RiskText } from "./risk-text.tsx";
import { serviceHref } from "./service-href.ts";

/** As many clusters as are simulated at once; the others are named. */
const MAX_CLUSTERS = 8;
/** Two ways to the same figure may differ by rounding, not by more. */
const ROUNDING_RATIO = 0.001;

type Row = ServiceSimulation & { readonly cluster: string };

/** Every Service at once, as if each had the chosen preference: what it saves, what it risks, and how that adds up with the headline. */
export function SimulateAll({ network, window }: { readonly network: Network; readonly window: NetworkWindow }) {
  const { t } = useReader();
  const [setting, setSetting] = useUrlState(settingParam);
  const [isSpread, setSpread] = useUrlState(spreadParam);
  const measured = network.sources.filter((source) => source.state === "measured").map((source) => source.cluster);
  const asked = measured.slice(0, MAX_CLUSTERS).map((cluster) => ({ ...window, cluster, setting, spread: isSpread }));
  const queries = useNetworkSimulations(asked);
  const failed = queries.find((query) => query.error !== null);
  const data = queries.flatMap((query) => query.data ?? []);
  if (asked.length === 0) return null;
  return (
    <Card aria-labelledby="network-simulate-all" className="flex flex-col gap-4">
      <CardHeader
        id="network-simulate-all"
        title={t("network.simulate-all")}
        note={t("network.simulate-all.note", { from: network.fromDay, to: network.toDay })}
      />
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
      {failed?.error != null && <ErrorNote error={failed.error} onRetry={() => void failed.refetch()} />}
      {data.length < asked.length ? (
        failed === undefined && <Skeleton label={t("ui.loading", { what: t("network.simulate-all") })} shape="rows" />
      ) : (
        <Outcome network={network} data={data} isRouting={setting === "PreferSameZone" && !isSpread} />
      )}
      {measured.length > MAX_CLUSTERS && (
        <p className="text-sm text-status-attention">
          {t("network.simulate-all.more", { clusters: measured.slice(MAX_CLUSTERS).join(", ") })}
        </p>
      )}
    </Card>
  );
}

function Outcome({
  network,
  data,
  isRouting,
}: {
  readonly network: Network;
  readonly data: readonly NetworkSimulation[];
  readonly isRouting: boolean;
}) {
  const { t, format } = useReader();
  const rows = useMemo(
    () => data.flatMap(({ cluster, services }) => services.map((service): Row => ({ ...service, cluster }))),
    [data],
  );
  const columns = useColumns(network.currency);
  return (
    <>
      <Sum network={network} data={data} isRouting={isRouting} />
      <DataTable
        label={t("network.simulate-all")}
        rows={rows}
        columns={columns}
        rowKey={(row) => `${row.cluster}/${row.namespace}/${row.name}`}
        urlKey="services"
        initialSort={{ column: "saved", isDescending: true }}
        csvName="network-simulation"
        isBare
      />
      <p className="text-xs text-muted-foreground">
        {t("network.simulate-all.without", {
          bytes: format.quantity(
            data.reduce((sum, one) => sum + one.withoutServiceBytes, 0),
            "traffic-bytes",
          ),
        })}
      </p>
    </>
  );
}

/** Says that the simulator's total is the headline's – and, where it is not, says so loudly. */
function Sum({
  network,
  data,
  isRouting,
}: {
  readonly network: Network;
  readonly data: readonly NetworkSimulation[];
  readonly isRouting: boolean;
}) {
  const { t, format } = useReader();
  const unit = `money:${network.currency}` as const;
  const saved = data.reduce<number | null>(
    (sum, one) => (sum === null || one.savedCostPerMonth === null ? null : sum + one.savedCostPerMonth),
    0,
  );
  const routable = network.total.routingCostPerMonth;
  if (saved === null) return <p className="text-sm text-muted-foreground">{t("network.simulate-all.no-price")}</p>;
  const money = format.quantity(saved, unit);
  if (!isRouting || routable.state !== "value")
    return <p className="text-sm">{t("network.simulate-all.saved", { money })}</p>;
  const headline = format.quantity(routable.value, unit);
  const isSame = Math.abs(saved - routable.value) <= ROUNDING_RATIO * Math.max(1, Math.abs(routable.value));
  return isSame ? (
    <p className="text-sm">{t("network.simulate-all.same", { money })}</p>
  ) : (
    <p className="flex items-start gap-1.5 text-sm font-medium text-status-attention">
      <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0" />
      {t("network.simulate-all.differs", { money, headline })}
    </p>
  );
}

function useColumns(currency: string): TableColumn<Row>[] {
  const { t, format } = useReader();
  return useMemo(() => {
    const unit = `money:${currency}` as const;
    const total = (pick: (row: Row) => number | null) => (rows: readonly Row[]) =>
      format.quantity(
        rows.reduce((sum, row) => sum + (pick(row) ?? 0), 0),
        unit,
      );
    return [
      {
        id: "service",
        header: t("network.service"),
        isRowHeader: true,
        value: (row) => `${row.namespace}/${row.name}`,
        cell: (row) => (
          <TextLink href={serviceHref(row.cluster, row)}>
            {row.namespace}/{row.name}
          </TextLink>
        ),
      },
      { id: "cluster", header: t("network.bill.cluster"), value: (row) => row.cluster },
      { id: "owner", header: t("network.svc.owner"), value: (row) => row.team ?? t("network.unowned") },
      { id: "setting", header: t("network.setting.now"), value: (row) => row.setting ?? t("network.svc.not-set") },
      {
        id: "now",
        header: t("network.now"),
        unit,
        csvHeader: `costPerMonthNow${currency}`,
        value: (row) => row.measuredCostPerMonth,
        total: total((row) => row.measuredCostPerMonth),
      },
      {
        id: "then",
        header: t("network.then"),
        unit,
        csvHeader: `costPerMonthThen${currency}`,
        value: (row) => row.simulatedCostPerMonth,
        total: total((row) => row.simulatedCostPerMonth),
      },
      {
        id: "saved",
        header: t("network.saved"),
        unit,
        csvHeader: `savedPerMonth${currency}`,
        value: saved,
        total: total(saved),
      },
      {
        id: "risks",
        header: t("network.risks"),
        widthRem: 16,
        value: (row) => row.risks.length,
        csv: (row) => row.risks.map((risk) => risk.kind).join(" "),
        cell: (row) => {
          const [first, ...others] = row.risks;
          return first === undefined ? (
            <span className="text-subtle-foreground">{t("network.risks.none")}</span>
          ) : (
            <span className="flex min-w-0 gap-1.5 text-xs">
              <span className="truncate">
                <RiskText risk={first} />
              </span>
              {others.length > 0 && <span className="text-subtle-foreground">+{others.length}</span>}
            </span>
          );
        },
      },
    ];
  }, [t, format, currency]);
}

function saved(row: ServiceSimulation): number | null {
  const { measuredCostPerMonth: before, simulatedCostPerMonth: after } = row;
  return before === null || after === null ? null : before - after;
}
