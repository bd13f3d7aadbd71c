"use client";
import type { Network } from "#server/contract/network.ts";
import { Matrix } from "../charts/matrix.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { unitParam } from "./network-params.ts";

/** Bytes or money between zones, one table per cluster. Unknown zones keep their row and column. */
export function ZoneMatrix({ network }: { readonly network: Network }) {
  const { t } = useReader();
  const [unit, setUnit] = useUrlState(unitParam);
  const clusters = [...new Set(network.matrix.map((cell) => cell.cluster))];
  const word = (zone: string) => (zone === "" ? t("network.zone.unknown") : zone);
  return (
    <Card aria-labelledby="network-matrix" className="flex flex-col gap-4">
      <CardHeader
        id="network-matrix"
        title={t("network.matrix")}
        note={t("network.matrix.note")}
        actions={
          <Segmented
            label={t("network.matrix.unit")}
            value={unit}
            options={[
              { value: "money", label: t("network.matrix.money") },
              { value: "bytes", label: t("network.matrix.bytes") },
            ]}
            onChange={(value) => setUnit(value, "replace")}
          />
        }
      />
      {clusters.map((cluster) => {
        const own = network.matrix.filter((cell) => cell.cluster === cluster);
        const sums = new Map<string, { from: string; to: string; value: number | null }>();
        for (const cell of own) {
          const key = `${cell.from}\u0000${cell.to}`;
          const before = sums.get(key) ?? { from: word(cell.from), to: word(cell.to), value: 0 };
          const value = unit === "bytes" ? cell.bytes : cell.cost;
          sums.set(key, { ...before, value: before.value === null || value === null ? null : before.value + value });
        }
        const names = (pick: (cell: (typeof own)[number]) => string) => [...new Set(own.map(pick))].sort().map(word);
        return (
          <div key={cluster} className="flex min-w-0 flex-col gap-1">
            <h3 className="text-sm font-medium">{cluster}</h3>
            <Matrix
              label={`${t("network.matrix")} ${cluster}`}
              rowsLabel={t("network.from")}
              columnsLabel={t("network.to")}
              rows={names((cell) => cell.from)}
              columns={names((cell) => cell.to)}
              cells={[...sums.values()]}
              unit={unit === "bytes" ? "traffic-bytes" : `money:${network.currency}`}
              isInside={(from, to) => from === to && from !== t("network.zone.unknown")}
            />
          </div>
        );
      })}
    </Card>
  );
}
