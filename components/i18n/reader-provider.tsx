"use client";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Format, makeFormat } from "../format/make-format.ts";
import type { Messages, Translate } from "./catalogue.ts";
import { type Locale, TIME_ZONE_COOKIE } from "./locale.ts";
import { makeTranslate } from "./make-translate.ts";
import { writeCookie } from "./write-cookie.ts";

type Reader = {
  readonly locale: Locale;
  /** IANA name: the browser's zone once known, what the last visit told the server before that. */
  readonly timeZone: string;
  readonly t: Translate;
  readonly format: Format;
  /** Epoch milliseconds; the server's moment of rendering at first, then it ticks, so ages stay true and hydrate equal. */
  readonly now: number;
};

const ReaderContext = createContext<Reader | null>(null);
const TICK_MILLISECONDS = 15_000;

export type ReaderProviderProps = {
  readonly locale: Locale;
  readonly messages: Messages;
  readonly timeZone: string;
  /** Epoch milliseconds of the server's rendering. */
  readonly renderedAt: number;
  readonly children: ReactNode;
};

/** Language, words, formats, time zone and the clock of the person who reads. */
export function ReaderProvider({ locale, messages, timeZone: initialZone, renderedAt, children }: ReaderProviderProps) {
  const [timeZone, setTimeZone] = useState(initialZone);
  const [now, setNow] = useState(renderedAt);

  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone !== undefined && zone !== "") {
      setTimeZone(zone);
      writeCookie(TIME_ZONE_COOKIE, zone);
    }
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);

  const t = useMemo(() => makeTranslate(messages, locale), [messages, locale]);
  const format = useMemo(() => makeFormat({ locale, timeZone }), [locale, timeZone]);
  const reader = useMemo(() => ({ locale, timeZone, t, format, now }), [locale, timeZone, t, format, now]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (reader === null) throw new Error("ReaderProvider is missing above this component");
  return reader;
}
/** `const t = useMessages(); t("ui.retry")` – keys and their parameters are typed. */
export function useMessages(): Translate {
  return useReader().t;
}
/** Number + unit → text in the reader's language and time zone. */
export function useFormat(): Format {
  return useReader().format;
}
