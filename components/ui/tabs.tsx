"use client";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { cn } from "./cn.ts";

export type Tab<Id extends string> = {
  readonly id: Id;
  readonly label: ReactNode;
  /** A count behind the label. */
  readonly count?: number;
};
export type TabsProps<Id extends string> = {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly current: Id;
  readonly onChange: (id: Id) => void;
  /** The content of the current tab. */
  readonly children: ReactNode;
};

/** Tabs by the ARIA pattern: arrows, Home and End move and choose; only the current panel is drawn. */
export function Tabs<Id extends string>({ label, tabs, current, onChange, children }: TabsProps<Id>) {
  const base = useId();
  const listRef = useRef<HTMLDivElement>(null);
  const index = tabs.findIndex((tab) => tab.id === current);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const target = tabs[(step + tabs.length) % tabs.length];
    if (target === undefined) return;
    onChange(target.id);
    listRef.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(target.id)}"]`)?.focus();
  };
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div
        ref={listRef}
        role="tablist"
        aria-label={label}
        className="flex gap-4 overflow-x-auto border-b"
        onKeyDown={move}
        tabIndex={-1}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            data-tab={tab.id}
            aria-selected={tab.id === current}
            aria-controls={tab.id === current ? `${base}-panel` : undefined}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onChange(tab.id)}
            className={cn(
              "-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 text-sm font-medium whitespace-nowrap",
              tab.id === current
                ? "border-accent text-foreground"
                : "border-transparent text-muted-foreground hover:text-foreground",
            )}
          >
            {tab.label}
            {tab.count !== undefined && <span className="text-xs text-subtle-foreground">{tab.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current}`} className="min-w-0">
        {children}
      </div>
    </div>
  );
}
