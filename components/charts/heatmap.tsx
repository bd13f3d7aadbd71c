"use client";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { drawHeat, resolveHeatColours } from "./draw-heat.ts";
import { HEAT_STEPS, type HeatGroup, heatLines } from "./prepare-heatmap.ts";

export type HeatmapProps = {
  readonly label: string;
  /** Up to some 5,000 rows; each group starts closed when there are more than 60. */
  readonly groups: readonly HeatGroup[];
  /** Start of each column, epoch milliseconds. */
  readonly times: readonly number[];
  readonly unit: Unit;
  /** The value of the hottest colour; the largest sample by default. */
  readonly max?: number;
  /** A click or Enter on a row, with the moment of the cell. */
  readonly onRow?: (rowKey: string, at: number) => void;
};

const LINE_PIXELS = 16;
const MAX_HEIGHT_PIXELS = 384;
const OPEN_UP_TO_ROWS = 60;

/** Nodes × time. Only lines in sight are drawn, on one canvas; arrow keys move a cursor that is read aloud. */
export function Heatmap({ label, groups, times, unit, max, onRow }: HeatmapProps) {
  const { t, format } = useReader();
  const rowCount = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(rowCount <= OPEN_UP_TO_ROWS ? groups.map(({ key }) => key) : []),
  );
  const lines = useMemo(() => heatLines(groups, open), [groups, open]);
  const top = useMemo(
    () =>
      max ??
      Math.max(
        0,
        ...groups.flatMap(({ rows }) => rows.map(({ values }) => Math.max(0, ...values.map((value) => value ?? 0)))),
      ),
    [groups, max],
  );
  const scrollRef = useRef<HTMLDivElement>(null);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  /** Until the theme changes: asking for them makes the browser lay the page out, which scrolling cannot afford. */
  const coloursRef = useRef<ReturnType<typeof resolveHeatColours> | null>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [width, setWidth] = useState(0);
  const [cursor, setCursor] = useState<{ readonly line: number; readonly column: number } | null>(null);

  const height = Math.min(MAX_HEIGHT_PIXELS, lines.length * LINE_PIXELS);
  const firstLine = Math.floor(scrollTop / LINE_PIXELS);
  const lineCount = Math.ceil(height / LINE_PIXELS) + 1;
  const inSight = lines.slice(firstLine, firstLine + lineCount);

  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null || typeof ResizeObserver !== "function") return;
    const observer = new ResizeObserver(() => setWidth(canvas.clientWidth));
    observer.observe(canvas);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null || width === 0) return;
    const draw = () => {
      coloursRef.current ??= resolveHeatColours(canvas);
      drawHeat(canvas, {
        lines: lines.slice(firstLine, firstLine + lineCount).map(({ values }) => values),
        columnCount: times.length,
        width,
        height,
        linePixels: LINE_PIXELS,
        offsetPixels: scrollTop - firstLine * LINE_PIXELS,
        max: top,
        colours: coloursRef.current,
        cursor: cursor === null ? null : { line: cursor.line - firstLine, column: cursor.column },
      });
    };
    const redraw = () => {
      coloursRef.current = null;
      draw();
    };
    draw();
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      dark.removeEventListener("change", redraw);
      theme.disconnect();
    };
  }, [lines, firstLine, lineCount, times.length, width, height, scrollTop, top, cursor]);

  const toggle = (groupKey: string) => {
    const next = new Set(open);
    if (!next.delete(groupKey)) next.add(groupKey);
    setOpen(next);
    setCursor(null);
  };
  const at = (line: number, column: number) => {
    const found = lines[line];
    const time = times[column];
    if (found === undefined || time === undefined) return null;
    const value = found.values[column] ?? null;
    const text = value === null ? t("chart.unknown") : format.quantity(value, unit);
    return { line: found, time, text: `${found.label} · ${format.dateTime(time, "minute")} · ${text}` };
  };
  const under = cursor === null ? null : at(cursor.line, cursor.column);
  const onKeyDown = (event: KeyboardEvent) => {
    const now = cursor ?? { line: firstLine, column: times.length - 1 };
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const line = Math.max(0, Math.min(lines.length - 1, now.line + (cursor === null ? 0 : (step[0] ?? 0))));
      const column = Math.max(0, Math.min(times.length - 1, now.column + (cursor === null ? 0 : (step[1] ?? 0))));
      setCursor({ line, column });
      const box = scrollRef.current;
      if (box === null) return;
      if (line * LINE_PIXELS < box.scrollTop) box.scrollTop = line * LINE_PIXELS;
      if ((line + 1) * LINE_PIXELS > box.scrollTop + height) box.scrollTop = (line + 1) * LINE_PIXELS - height;
    } else if (event.key === "Enter" && under !== null) {
      event.preventDefault();
      if (under.line.kind === "group") toggle(under.line.groupKey);
      else onRow?.(under.line.key, under.time);
    }
  };

  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div
        ref={scrollRef}
        className="relative overflow-y-auto"
        style={{ height }}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      >
        <div style={{ height: lines.length * LINE_PIXELS }}>
          <div className="sticky top-0 flex" style={{ height }}>
            <ul className="relative w-40 shrink-0 overflow-hidden" aria-label={label}>
              {inSight.map((line, index) => (
                <li
                  key={line.key}
                  className="absolute right-2 left-0 flex items-center text-2xs"
                  style={{ top: (firstLine + index) * LINE_PIXELS - scrollTop, height: LINE_PIXELS }}
                >
                  {line.kind === "group" ? (
                    <button
                      type="button"
                      aria-expanded={open.has(line.groupKey)}
                      onClick={() => toggle(line.groupKey)}
                      className="flex min-w-0 items-center gap-0.5 font-medium -outline-offset-2"
                    >
                      {open.has(line.groupKey) ? (
                        <ChevronDown aria-hidden size={12} className="shrink-0" />
                      ) : (
                        <ChevronRight aria-hidden size={12} className="shrink-0" />
                      )}
                      <span className="truncate">{line.label}</span>
                      <span className="ml-1 shrink-0 font-normal text-subtle-foreground">{line.rowCount}</span>
                    </button>
                  ) : (
                    <span className="truncate pl-3.5 text-muted-foreground">{line.label}</span>
                  )}
                </li>
              ))}
            </ul>
            <canvas
              ref={canvasRef}
              role="img"
              aria-label={`${label}. ${t("chart.inspect")}`}
              tabIndex={0}
              onKeyDown={onKeyDown}
              onBlur={() => setCursor(null)}
              onPointerMove={(event) => {
                const box = event.currentTarget.getBoundingClientRect();
                const line = Math.floor((event.clientY - box.top + scrollTop) / LINE_PIXELS);
                const column = Math.floor(((event.clientX - box.left) / box.width) * times.length);
                setCursor({ line, column });
              }}
              onPointerLeave={() => setCursor(null)}
              onClick={() => {
                if (under === null) return;
                if (under.line.kind === "group") toggle(under.line.groupKey);
                else onRow?.(under.line.key, under.time);
              }}
              className={cn("min-w-0 grow rounded-sm", onRow !== undefined && "cursor-pointer")}
              style={{ height }}
            />
          </div>
        </div>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 text-xs text-muted-foreground">
        <span role="status" className="min-h-4.5">
          {under?.text ??
            `${format.dateTime(times[0] ?? 0, "minute")} – ${format.dateTime(times.at(-1) ?? 0, "minute")}`}
        </span>
        <HeatLegend max={top} unit={unit} />
      </div>
    </div>
  );
}

function HeatLegend({ max, unit }: { readonly max: number; readonly unit: Unit }) {
  const { t, format } = useReader();
  return (
    <span className="flex items-center gap-1.5">
      <span>{format.quantity(0, unit)}</span>
      <span aria-hidden className="flex overflow-hidden rounded-xs">
        {Array.from({ length: HEAT_STEPS }, (_, step) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its position
          <span key={step} className="h-2.5 w-4" style={{ background: `var(--heat-${step})` }} />
        ))}
      </span>
      <span>{format.quantity(max, unit)}</span>
      <span aria-hidden className="hatched ml-2 h-2.5 w-4 rounded-xs border" />
      <span>{t("chart.unknown")}</span>
    </span>
  );
}
