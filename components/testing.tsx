import { QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { makeQueryClient } from "./data/query-client.ts";
import { messagesFor } from "./i18n/catalogue.ts";
import type { Locale } from "./i18n/locale.ts";
import { ReaderProvider } from "./i18n/reader-provider.tsx";

/** For tests: draws a component with words, formats, a fixed first moment and a cache around it, empty unless told otherwise. */
export function renderWithReader(
  children: ReactNode,
  {
    locale = "en",
    renderedAt = Date.parse("2026-11-22T06:00:00Z"),
    cached = [],
  }: {
    readonly locale?: Locale;
    readonly renderedAt?: number;
    /** Answers that are there already, by key. */
    readonly cached?: readonly (readonly [key: readonly unknown[], answer: unknown])[];
  } = {},
): RenderResult {
  const client = makeQueryClient();
  for (const [key, answer] of cached) client.setQueryData(key, answer);
  return render(
    <ReaderProvider locale={locale} messages={messagesFor(locale)} timeZone="UTC" renderedAt={renderedAt}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </ReaderProvider>,
  );
}
