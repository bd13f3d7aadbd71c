"use client";
import type { Unit } from "../format/unit.ts";
import { useFormat } from "../i18n/reader-provider.tsx";

export type SharePart = {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  /** CSS colour, e.g. `var(--status-blocked)` or `var(--series-2)`. */
  readonly colour: string;
  /** Texture for what could not be seen. */
  readonly isHatched?: boolean;
};
export type ShareBarProps = { readonly label: string; readonly parts: readonly SharePart[]; readonly unit: Unit };

/** Parts of a whole in one bar, with a legend that carries the figures. */
export function ShareBar({ label, parts, unit }: ShareBarProps) {
  const format = useFormat();
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-full bg-hovered">
        {parts
          .filter(({ value }) => value > 0)
          .map(({ key, value, colour, isHatched = false }) => (
            <div
              key={key}
              className={isHatched ? "hatched" : undefined}
              style={{ width: `${(value / total) * 100}%`, ...(isHatched ? {} : { background: colour }) }}
            />
          ))}
      </div>
      <ul aria-label={label} className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {parts.map(({ key, label: name, value, colour, isHatched = false }) => (
          <li key={key} className="flex items-center gap-1.5">
            <span
              aria-hidden
              className={isHatched ? "hatched size-2 rounded-xs border" : "size-2 rounded-xs"}
              style={isHatched ? undefined : { background: colour }}
            />
            <span className="text-muted-foreground">{name}</span>
            <span className="font-medium">{format.quantity(value, unit)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
