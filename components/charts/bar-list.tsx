"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Unit } from "../format/unit.ts";
import { useFormat } from "../i18n/reader-provider.tsx";
import { seriesCss } from "./series-colour.ts";

export type BarListItem = {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: number;
  readonly href?: string;
  /** Series token 1–8; 1 by default. */
  readonly colour?: number;
};
export type BarListProps = {
  readonly label: string;
  readonly items: readonly BarListItem[];
  readonly unit: Unit;
  readonly max?: number;
};

/** A ranking with bars: names, lengths and figures in one list. */
export function BarList({ label, items, unit, max }: BarListProps) {
  const format = useFormat();
  const top = max ?? Math.max(0, ...items.map(({ value }) => value));
  return (
    <ol aria-label={label} className="flex flex-col gap-1.5">
      {items.map(({ key, label: name, value, href, colour = 1 }) => (
        <li key={key} className="flex flex-col gap-1">
          <div className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 truncate">
              {href === undefined ? (
                name
              ) : (
                <Link prefetch={false} href={href} className="hover:underline">
                  {name}
                </Link>
              )}
            </span>
            <span className="shrink-0">{format.quantity(value, unit)}</span>
          </div>
          <div aria-hidden className="h-1 overflow-hidden rounded-full bg-hovered">
            <div
              className="h-full rounded-full"
              style={{
                width: `${top > 0 ? Math.max(0, Math.min(1, value / top)) * 100 : 0}%`,
                background: seriesCss(colour),
              }}
            />
          </div>
        </li>
      ))}
    </ol>
  );
}
