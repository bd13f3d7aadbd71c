"use client";
import { Check, ChevronsUpDown, type LucideIcon, Search } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { Popover } from "./popover.tsx";

export type ComboboxOption = {
  readonly value: string;
  readonly label: string;
  /** Small text behind the label: a version, a count. */
  readonly note?: string;
};
export type ComboboxProps = {
  readonly label: string;
  /** What the button says when nothing is chosen ("All clusters"). */
  readonly emptyLabel: string;
  readonly icon?: LucideIcon;
  readonly options: readonly ComboboxOption[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  /** Only one at a time; choosing closes the list. */
  readonly isSingle?: boolean;
};

/** Choose some of many, with search. Type to narrow, arrows to move, Enter to choose, Escape to leave. */
export function Combobox({ label, emptyLabel, icon: Icon, options, value, onChange, isSingle = false }: ComboboxProps) {
  const t = useMessages();
  const first = options.find((option) => option.value === value[0]);
  const text =
    value.length === 0
      ? emptyLabel
      : value.length === 1
        ? (first?.label ?? value[0])
        : t("ui.selected-count", { count: value.length });
  return (
    <Popover
      label={label}
      padding="none"
      trigger={(props) => (
        <Button
          {...props}
          size="sm"
          variant="ghost"
          aria-label={`${label}: ${text}`}
          className={cn("max-w-48 min-w-0 border bg-card", value.length > 0 && "text-foreground")}
        >
          {Icon !== undefined && <Icon aria-hidden size={13} />}
          <span className="truncate">{text}</span>
          <ChevronsUpDown aria-hidden size={12} className="text-subtle-foreground" />
        </Button>
      )}
    >
      {(close) => (
        <ComboboxList
          label={label}
          emptyLabel={emptyLabel}
          options={options}
          value={value}
          onChange={(next) => {
            onChange(next);
            if (isSingle) close();
          }}
          isSingle={isSingle}
        />
      )}
    </Popover>
  );
}

function ComboboxList({ label, emptyLabel, options, value, onChange, isSingle = false }: Omit<ComboboxProps, "icon">) {
  const t = useMessages();
  const id = useId();
  const listRef = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const wanted = search.trim().toLowerCase();
  const found = options.filter(
    (option) => option.label.toLowerCase().includes(wanted) || (option.note ?? "").toLowerCase().includes(wanted),
  );

  const toggle = (option: ComboboxOption | undefined) => {
    if (option === undefined) return;
    const isChosen = value.includes(option.value);
    if (isSingle) onChange(isChosen ? [] : [option.value]);
    else onChange(isChosen ? value.filter((chosen) => chosen !== option.value) : [...value, option.value]);
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(found.length - 1, to));
    setActive(next);
    listRef.current?.children[next]?.scrollIntoView?.({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: found.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      move(target);
    } else if (event.key === "Enter") {
      event.preventDefault();
      toggle(found[active]);
    }
  };
  return (
    <div className="flex w-64 max-w-full flex-col">
      <div className="relative border-b">
        <Search
          aria-hidden
          size={14}
          className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-subtle-foreground"
        />
        <input
          data-autofocus
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
          placeholder={t("ui.search")}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-9 w-full bg-transparent pr-3 pl-8 text-sm outline-none"
        />
      </div>
      <div
        ref={listRef}
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        aria-multiselectable={!isSingle}
        tabIndex={-1}
        className="max-h-72 overflow-y-auto p-1"
      >
        {found.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above owns the keyboard (combobox pattern)
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={value.includes(option.value)}
            onClick={() => toggle(option)}
            onPointerMove={() => setActive(index)}
            className={cn("flex min-h-7 items-center gap-2 rounded-sm px-2 text-sm", index === active && "bg-hovered")}
          >
            <Check
              aria-hidden
              size={13}
              className={cn("shrink-0 text-accent", !value.includes(option.value) && "invisible")}
            />
            <span className="grow truncate">{option.label}</span>
            {option.note !== undefined && (
              <span className="shrink-0 text-xs text-subtle-foreground">{option.note}</span>
            )}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p role="status" className="px-3 pb-3 text-xs text-muted-foreground">
          {t("ui.no-match", { text: search })}
        </p>
      )}
      {value.length > 0 && (
        <div className="border-t p-1">
          <Button variant="ghost" size="sm" className="w-full" onClick={() => onChange([])}>
            {emptyLabel}
          </Button>
        </div>
      )}
    </div>
  );
}
