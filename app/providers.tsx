"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { makeQueryClient } from "#components/data/query-client.ts";
import { ReaderProvider, type ReaderProviderProps } from "#components/i18n/reader-provider.tsx";

/** What every page needs in the browser: the reader's language and clock, the cache of answers. */
export function Providers({ children, ...reader }: ReaderProviderProps) {
  const [client] = useState(makeQueryClient);
  return (
    <ReaderProvider {...reader}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </ReaderProvider>
  );
}
