"use client";
import type { ReactNode } from "react";
import type { Unit } from "../format/unit.ts";
import { useFormat } from "../i18n/reader-provider.tsx";
import { Delta, type DeltaProps } from "./delta.tsx";
import { type Figure, isPartial } from "./figure.ts";
import { PartMark } from "./part-mark.tsx";
import type { Provenance } from "./provenance.ts";
import { StateMark } from "./state-mark.tsx";
import { Why } from "./why.tsx";

export type StatProps = {
  readonly label: string;
  readonly figure: Figure;
  /** Base unit; by default the one that the figure carries. */
  readonly unit?: Unit;
  readonly delta?: DeltaProps;
  /** A short line under the figure: basis, "list price", "18 of 20 clusters". */
  readonly note?: ReactNode;
  readonly provenance?: Provenance;
  /** A sparkline or a progress bar. */
  readonly trend?: ReactNode;
  readonly size?: "md" | "lg";
};

/** A figure with its unit, its change and its "why?". */
export function Stat({ label, figure, unit: givenUnit, delta, note, provenance, trend, size = "md" }: StatProps) {
  const format = useFormat();
  const unit = givenUnit ?? figure.unit ?? "number";
  const parts = figure.state === "value" ? format.parts(figure.value, unit) : null;
  const text =
    parts === null ? (
      <span className="text-base">
        <StateMark figure={figure} unit={unit} size="full" />
      </span>
    ) : (
      <span className="whitespace-nowrap">
        <span
          className={size === "lg" ? "text-3xl font-semibold tracking-tight" : "text-2xl font-semibold tracking-tight"}
        >
          {parts.value}
        </span>
        {isPartial(figure) && (
          <span className="ml-1.5 align-middle">
            <PartMark part={figure.part} />
          </span>
        )}
        {parts.unit !== "" && <span className="ml-1 text-sm text-muted-foreground">{parts.unit}</span>}
      </span>
    );
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="label-caps">{label}</div>
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        {provenance === undefined ? text : <Why provenance={provenance}>{text}</Why>}
        {trend}
      </div>
      {(delta !== undefined || note !== undefined) && (
        <div className="flex flex-wrap items-baseline gap-x-2 text-xs text-muted-foreground">
          {delta !== undefined && <Delta {...delta} />}
          {note !== undefined && <span>{note}</span>}
        </div>
      )}
    </div>
  );
}
