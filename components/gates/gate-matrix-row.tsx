"use client";
import { CircleMinus, Split } from "lucide-react";
import { memo } from "react";
import type { GateList, GateRow } from "#server/contract/gates.ts";
import { cellOf } from "../data/gates-queries.ts";
import { cn } from "../ui/cn.ts";
import { hasDrift, isDrifting, type PlacedColumn } from "./gate-facts.ts";
import { GateMark } from "./gate-mark.tsx";

export type GateMatrixRowProps = {
  readonly row: GateRow;
  readonly rowIndex: number;
  readonly list: GateList;
  readonly shown: readonly PlacedColumn[];
  /** What each entry of the palette says, in words. */
  readonly said: readonly string[];
  readonly absent: string;
  readonly openLabel: string;
  readonly vanishes: string | null;
  readonly unlisted: string | null;
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
};

/** One gate. Memoised: while the reader scrolls, rows that stay in sight are not drawn again. */
export const GateMatrixRow = memo(function GateMatrixRow({
  row,
  rowIndex,
  list,
  shown,
  said,
  absent,
  openLabel,
  vanishes,
  unlisted,
  hasBefore,
  hasAfter,
}: GateMatrixRowProps) {
  return (
    <tr aria-rowindex={rowIndex} data-gate={row.gate} className="group/row h-7.5 cursor-pointer">
      <th
        scope="row"
        className="sticky left-0 z-10 border-r border-r-border-strong border-b bg-card px-3 text-left font-normal group-hover/row:bg-hovered"
      >
        <span className="flex items-center gap-2">
          <button
            type="button"
            aria-haspopup="dialog"
            aria-label={openLabel}
            title={row.gate}
            className="min-w-0 truncate text-left hover:underline"
          >
            {row.gate}
          </button>
          {(vanishes !== null || unlisted !== null || hasDrift(row)) && (
            <span className="ml-auto flex shrink-0 items-center gap-1.5 text-2xs">
              {vanishes !== null && (
                <span title={vanishes} className="inline-flex items-center gap-1 text-status-attention">
                  <CircleMinus aria-hidden size={12} className="sm:hidden" />
                  <span className="max-sm:sr-only">{vanishes}</span>
                </span>
              )}
              {unlisted !== null && <span className="text-subtle-foreground max-sm:hidden">{unlisted}</span>}
              {hasDrift(row) && <Split aria-hidden size={12} className="text-status-drift" />}
            </span>
          )}
        </span>
      </th>
      {hasBefore && <td className="border-b" />}
      {shown.map(({ column, index }, place) => {
        const position = row.cells[index] ?? -1;
        const text = position < 0 ? absent : (said[position] ?? absent);
        return (
          <td
            key={index}
            data-column={index}
            title={text}
            className={cn(
              "border-b p-0 text-center align-middle leading-none group-hover/row:bg-hovered",
              shown[place + 1]?.column.cluster === column.cluster ? "" : "border-r border-r-border-strong",
            )}
          >
            <GateMark
              cell={cellOf(list, row, index)}
              isDrift={row.drift.length > 0 && isDrifting(row, column)}
              label={text}
            />
          </td>
        );
      })}
      {hasAfter && <td className="border-b" />}
    </tr>
  );
});
