"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRouter, useSearchParams } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef } from "react";
import type { DeviceState, GpuDevice } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS } from "../layout/use-scope.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { CellIcons, DeviceCell } from "./device-cell.tsx";
import { holderNames, shortModel } from "./device-name.ts";
import { DEVICE_STATES } from "./device-state.ts";

/** More rows than this are drawn only where they are in sight. */
const VIRTUAL_FROM_ROWS = 24;
/** A row of cells and its gap where it takes one line; what takes more is measured. */
const ROW_HEIGHT_PIXELS = 70;
const OVERSCAN_ROWS = 2;
const stateParam = choiceParam<DeviceState | "all">("state", ["all", ...DEVICE_STATES], "all");

type GridRow =
  | { readonly kind: "group"; readonly key: string; readonly devices: readonly GpuDevice[] }
  | {
      readonly kind: "node";
      readonly key: string;
      readonly nodeName: string | null;
      readonly devices: readonly GpuDevice[];
    };

/** Every device as a cell, by pool and node. */
export function DeviceGrid({ devices }: { readonly devices: readonly GpuDevice[] }) {
  const { t, format } = useReader();
  const [state, setState] = useUrlState(stateParam);
  const scope = scopeHref("", useSearchParams(), SCOPE_PARAMS);
  const counts = useMemo(() => Map.groupBy(devices, (device) => device.state), [devices]);
  const rows = useMemo(
    () => toGridRows(state === "all" ? devices : devices.filter((device) => device.state === state)),
    [devices, state],
  );
  const options = [
    { value: "all" as const, label: `${t("gpu.all-states")} ${format.count(devices.length)}` },
    ...DEVICE_STATES.filter((one) => counts.has(one) || one === state).map((one) => ({
      value: one,
      label: `${t(`gpu.state.${one}`)} ${format.count(counts.get(one)?.length ?? 0)}`,
    })),
  ];
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="max-w-full overflow-x-auto">
          <Segmented label={t("gpu.filter-state")} value={state} options={options} onChange={setState} />
        </div>
        <p className="text-xs text-muted-foreground">{t("gpu.grid-hint")}</p>
      </div>
      <CellIcons />
      {rows.length === 0 ? <EmptyNote>{t("gpu.no-device-matches")}</EmptyNote> : <GridRows rows={rows} scope={scope} />}
    </div>
  );
}

function GridRows({ rows, scope }: { readonly rows: readonly GridRow[]; readonly scope: string }) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const router = useRouter();
  /** One handler for all cells: a click without a modifier stays in the page. */
  const follow = (event: MouseEvent<HTMLDivElement>) => {
    const cell = event.target instanceof Element ? event.target.closest("a[data-device]") : null;
    const href = cell?.getAttribute("href") ?? null;
    if (href === null || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.push(href);
  };
  const isVirtual = rows.length > VIRTUAL_FROM_ROWS;
  const virtualizer = useVirtualizer({
    count: isVirtual ? rows.length : 0,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_HEIGHT_PIXELS,
    overscan: OVERSCAN_ROWS,
    initialRect: { width: 0, height: 640 },
  });
  if (!isVirtual)
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside
      <div className="flex flex-col gap-2" onClick={follow} onKeyDown={moveBetweenCells}>
        {rows.map((row) => (
          <Row key={row.key} row={row} scope={scope} />
        ))}
      </div>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside
    <div ref={scrollRef} className="relative max-h-[75vh] overflow-auto" onClick={follow} onKeyDown={moveBetweenCells}>
      <div style={{ height: virtualizer.getTotalSize() }} className="relative">
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <div
              key={row.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 pb-2"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row row={row} scope={scope} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Drawn once: scrolling moves rows, it does not change them. */
const Row = memo(function Row({ row, scope }: { readonly row: GridRow; readonly scope: string }) {
  const { t } = useReader();
  const [first] = row.devices;
  if (first === undefined) return null;
  if (row.kind === "group")
    return (
      <h3 className="flex flex-wrap items-baseline gap-x-2 pt-2 text-sm font-semibold">
        {first.pool ?? t("gpu.no-pool")}
        <span className="text-xs font-normal text-muted-foreground">
          {first.cluster} · {shortModel(first.model)} · {t(`gpu.access.${first.access}`)} ·{" "}
          {t(`gpu.sharing.${first.sharing}`)} · {t("gpu.device-count", { count: row.devices.length })}
        </span>
      </h3>
    );
  const name = row.nodeName ?? t("gpu.no-node");
  return (
    <div className="grid min-w-0 gap-x-3 gap-y-1 lg:grid-cols-[9rem_minmax(0,1fr)]">
      <p className="truncate pt-1 text-xs text-muted-foreground" title={name}>
        {name}
      </p>
      <ul aria-label={name} data-node className="grid min-w-0 grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-1.5">
        {row.devices.map((device, index) => (
          <li key={device.id} className="min-w-0">
            <DeviceCell device={device} index={index} isEntry={index === 0} scope={scope} />
          </li>
        ))}
      </ul>
    </div>
  );
});

/** Left and right inside a node, up and down between nodes; only the first cell of a node is a stop of the Tab key. */
function moveBetweenCells(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 }[event.key];
  const cell = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-device]") : null;
  const node = cell?.closest<HTMLElement>("[data-node]");
  if (step === undefined || !cell || !node) return;
  event.preventDefault();
  const cells = [...node.querySelectorAll<HTMLElement>("[data-device]")];
  const index = cells.indexOf(cell);
  if (step !== 0) {
    cells[index + step]?.focus();
    return;
  }
  const nodes = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-node]")];
  const next = nodes[nodes.indexOf(node) + (event.key === "ArrowDown" ? 1 : -1)];
  const others = [...(next?.querySelectorAll<HTMLElement>("[data-device]") ?? [])];
  others[Math.min(index, others.length - 1)]?.focus();
}

/** Devices of one holder side by side, free ones last: the exporters' ids say nothing to a reader. */
function byHolder(a: GpuDevice, b: GpuDevice): number {
  const [nameA, nameB] = [holderNames(a.holders).join(), holderNames(b.holders).join()];
  if ((nameA === "") !== (nameB === "")) return nameA === "" ? 1 : -1;
  return nameA.localeCompare(nameB) || a.id.localeCompare(b.id);
}

/** Groups by cluster, pool and model; inside them a row a node. */
export function toGridRows(devices: readonly GpuDevice[]): GridRow[] {
  const groups = Map.groupBy(devices, (device) => JSON.stringify([device.cluster, device.pool, device.model]));
  return [...groups].flatMap(([key, own]) => [
    { kind: "group" as const, key, devices: own },
    ...[...Map.groupBy(own, (device) => device.nodeName)].map(([nodeName, onNode]) => ({
      kind: "node" as const,
      key: `${key} ${nodeName ?? ""}`,
      nodeName,
      devices: onNode.toSorted(byHolder),
    })),
  ]);
}
