"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useMemo, useRef } from "react";
import type { GateList, GateRow } from "#server/contract/gates.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { describeCell, type PlacedColumn } from "./gate-facts.ts";
import { GateMatrixHead } from "./gate-matrix-head.tsx";
import { GateMatrixRow } from "./gate-matrix-row.tsx";
import { useNarrow } from "./use-narrow.ts";

const ROW_PIXELS = 30;
const COLUMN_PIXELS = 34;
const HEAD_PIXELS = 212;
const NAME_PIXELS = { wide: 320, narrow: 168 } as const;
const OVERSCAN_ROWS = 4;
const OVERSCAN_COLUMNS = 2;

export type GateMatrixProps = {
  readonly list: GateList;
  readonly rows: readonly GateRow[];
  readonly columns: readonly PlacedColumn[];
  readonly target: string;
  readonly onOpen: (gate: string, column: PlacedColumn | null) => void;
};

/** Gates × columns; only rows and columns in sight are drawn, names and heads stay. */
export function GateMatrix({ list, rows, columns, target, onOpen }: GateMatrixProps) {
  const { t } = useReader();
  const scrollRef = useRef<HTMLElement>(null);
  const namePixels = useNarrow() ? NAME_PIXELS.narrow : NAME_PIXELS.wide;
  const rowVirtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN_ROWS,
    scrollMargin: HEAD_PIXELS,
    initialRect: { width: 1100, height: 640 }, // what the server draws
  });
  const columnVirtualizer = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => COLUMN_PIXELS,
    overscan: OVERSCAN_COLUMNS,
    scrollMargin: namePixels,
    initialRect: { width: 1100, height: 640 },
  });
  const columnItems = columnVirtualizer.getVirtualItems();
  const first = columnItems[0]?.index ?? 0;
  const last = columnItems.at(-1)?.index ?? -1;
  const shown = useMemo(() => columns.slice(first, last + 1), [columns, first, last]);
  const before = first * COLUMN_PIXELS;
  const after = Math.max(0, columns.length - 1 - last) * COLUMN_PIXELS;
  const said = useMemo(() => list.palette.map((cell) => describeCell(cell, t)), [list.palette, t]);
  const items = rowVirtualizer.getVirtualItems();
  const above = (items[0]?.index ?? 0) * ROW_PIXELS;
  const below = Math.max(0, rows.length - 1 - (items.at(-1)?.index ?? -1)) * ROW_PIXELS;

  const open = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target instanceof Element)) return;
    const gate = event.target.closest<HTMLElement>("[data-gate]")?.dataset.gate;
    const index = event.target.closest<HTMLElement>("[data-column]")?.dataset.column;
    if (gate === undefined) return;
    onOpen(gate, index === undefined ? null : (columns.find((column) => String(column.index) === index) ?? null));
  };
  return (
    <section
      ref={scrollRef}
      aria-label={t("gates.matrix")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-[max(28rem,calc(100dvh-17rem))] min-w-0 overflow-auto overscroll-contain rounded-lg border bg-card shadow-card"
    >
      <table
        aria-rowcount={rows.length + 3}
        aria-colcount={columns.length + 1}
        className="table-fixed border-separate border-spacing-0 text-sm"
        style={{ width: namePixels + columns.length * COLUMN_PIXELS }}
      >
        <caption className="sr-only">{t("gates.matrix")}</caption>
        <colgroup>
          <col style={{ width: namePixels }} />
          {before > 0 && <col style={{ width: before }} />}
          {shown.map(({ index }) => (
            <col key={index} style={{ width: COLUMN_PIXELS }} />
          ))}
          {after > 0 && <col style={{ width: after }} />}
        </colgroup>
        <GateMatrixHead list={list} shown={shown} hasBefore={before > 0} hasAfter={after > 0} />
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard opens the same drawer with the button of each row */}
        <tbody onClick={open}>
          {above > 0 && <Spacer height={above} span={shown.length + 3} />}
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <GateMatrixRow
                key={row.gate}
                row={row}
                rowIndex={item.index + 4}
                list={list}
                shown={shown}
                said={said}
                absent={t("gates.absent")}
                openLabel={t("gates.open", { gate: row.gate })}
                vanishes={row.vanishesByTarget === true ? t("gates.vanishes", { target }) : null}
                unlisted={row.isInCatalogue ? null : t("gates.unlisted")}
                hasBefore={before > 0}
                hasAfter={after > 0}
              />
            );
          })}
          {below > 0 && <Spacer height={below} span={shown.length + 3} />}
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ height, span }: { readonly height: number; readonly span: number }) {
  return (
    <tr aria-hidden style={{ height }}>
      <td colSpan={span} className="p-0" />
    </tr>
  );
}
