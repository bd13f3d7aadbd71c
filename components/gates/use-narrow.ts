"use client";
import { useSyncExternalStore } from "react";

const QUERY = "(max-width: 40rem)";

function subscribe(notify: () => void): () => void {
  const list = window.matchMedia(QUERY);
  list.addEventListener("change", notify);
  return () => list.removeEventListener("change", notify);
}

/** Whether the window is as narrow as a phone. The server draws the wide page. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(QUERY).matches,
    () => false,
  );
}
