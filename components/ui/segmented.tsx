"use client";
import type { LucideIcon } from "lucide-react";
import { useId } from "react";
import { cn } from "./cn.ts";

export type SegmentedOption<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  readonly icon?: LucideIcon;
};
export type SegmentedProps<Value extends string> = {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly SegmentedOption<Value>[];
  readonly onChange: (value: Value) => void;
  /** Shows icons only; the words stay as names. */
  readonly isIconOnly?: boolean;
};

/** One of two to five, all in sight. Radio buttons underneath: arrow keys move, Tab leaves. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  isIconOnly = false,
}: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="inline-flex h-8 w-fit items-center gap-0.5 rounded-md border bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value: option, label: text, icon: Icon }) => (
        <label
          key={option}
          title={isIconOnly ? text : undefined}
          className={cn(
            "inline-flex h-full items-center gap-1.5 rounded-sm px-2 text-xs font-medium transition-colors",
            "has-focus-visible:outline-2 has-focus-visible:outline-focus",
            option === value ? "bg-card text-foreground shadow-card" : "text-muted-foreground hover:text-foreground",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
            className="sr-only"
          />
          {Icon !== undefined && <Icon aria-hidden size={14} />}
          <span className={isIconOnly ? "sr-only" : undefined}>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
