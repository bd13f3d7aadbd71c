"use client";
import { CalendarClock, Check, ChevronsUpDown } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Input } from "../ui/input.tsx";
import { Popover } from "../ui/popover.tsx";
import { RANGE_PRESETS, type ResolvedRange, type TimeRange } from "../url/time-range.ts";
import { useTimeRange } from "./use-scope.ts";

/** Presets and two moments; the choice is in the URL (`?range=`). */
export function TimeRangePicker() {
  const { t, format } = useReader();
  const { range, resolved, setRange } = useTimeRange();
  const text =
    range.kind === "last"
      ? t(`shell.range.${range.preset}`)
      : `${format.dateTime(range.from, "day")} – ${format.dateTime(range.to, "day")}`;
  return (
    <Popover
      label={t("shell.range")}
      padding="none"
      trigger={(props) => (
        <Button
          {...props}
          size="sm"
          variant="ghost"
          aria-label={`${t("shell.range")}: ${text}`}
          className="border bg-card"
        >
          <CalendarClock aria-hidden size={13} />
          {text}
          <ChevronsUpDown aria-hidden size={12} className="text-subtle-foreground" />
        </Button>
      )}
    >
      {(close) => (
        <div className="flex flex-col sm:flex-row">
          <ul className="flex w-44 flex-col p-1">
            {RANGE_PRESETS.map((preset) => {
              const isChosen = range.kind === "last" && range.preset === preset;
              return (
                <li key={preset}>
                  <button
                    type="button"
                    aria-pressed={isChosen}
                    {...(isChosen ? { "data-autofocus": true } : {})}
                    onClick={() => {
                      setRange({ kind: "last", preset });
                      close();
                    }}
                    className="flex h-7 w-full items-center gap-2 rounded-sm px-2 text-left text-sm hover:bg-hovered"
                  >
                    <Check aria-hidden size={13} className={cn("text-accent", !isChosen && "invisible")} />
                    {t(`shell.range.${preset}`)}
                  </button>
                </li>
              );
            })}
          </ul>
          <BetweenForm
            resolved={resolved}
            onApply={(next) => {
              setRange(next);
              close();
            }}
          />
        </div>
      )}
    </Popover>
  );
}

/** `datetime-local` speaks the browser's zone, which is the reader's. */
function toLocalText(moment: Date): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  const day = `${moment.getFullYear()}-${pad(moment.getMonth() + 1)}-${pad(moment.getDate())}`;
  return `${day}T${pad(moment.getHours())}:${pad(moment.getMinutes())}`;
}

function BetweenForm({
  resolved,
  onApply,
}: {
  readonly resolved: ResolvedRange;
  readonly onApply: (range: TimeRange) => void;
}) {
  const { t, timeZone } = useReader();
  const [from, setFrom] = useState(() => toLocalText(resolved.from));
  const [to, setTo] = useState(() => toLocalText(resolved.to));
  const [isInvalid, setInvalid] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const start = Date.parse(from);
    const end = Date.parse(to);
    if (!(start < end)) {
      setInvalid(true);
      return;
    }
    onApply({ kind: "between", from: new Date(start).toISOString(), to: new Date(end).toISOString() });
  };
  return (
    <form onSubmit={submit} className="flex w-60 flex-col gap-2.5 border-t p-3 sm:border-t-0 sm:border-l">
      <p className="text-xs font-medium text-muted-foreground">{t("shell.range.custom")}</p>
      <Input
        label={t("shell.range.from")}
        type="datetime-local"
        value={from}
        onChange={(e) => setFrom(e.target.value)}
      />
      <Input
        label={t("shell.range.to")}
        type="datetime-local"
        value={to}
        onChange={(e) => setTo(e.target.value)}
        error={isInvalid ? t("shell.range.invalid") : null}
      />
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs text-subtle-foreground">{t("shell.range.zone", { zone: timeZone })}</span>
        <Button type="submit" size="sm" variant="primary">
          {t("shell.range.apply")}
        </Button>
      </div>
    </form>
  );
}
