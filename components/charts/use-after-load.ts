"use client";
import { useSyncExternalStore } from "react";

function subscribe(notify: () => void): () => void {
  window.addEventListener("load", notify);
  return () => window.removeEventListener("load", notify);
}

/** True once the page has loaded: the chart library comes after that and never delays a first view. */
export function useAfterLoad(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => document.readyState === "complete",
    () => false,
  );
}
