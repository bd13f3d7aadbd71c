"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type UrlParam, withParam } from "./url-param.ts";

export type SetUrlState<Value> = (value: Value, history?: "push" | "replace") => void;

const listeners = new Set<() => void>();
function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  window.addEventListener("popstate", notify);
  return () => {
    listeners.delete(notify);
    window.removeEventListener("popstate", notify);
  };
}

/**
 * State that lives in the URL, so that every view can be linked and the back button works.
 * `push` (default) makes a step of history; use `replace` while typing. The address changes without asking the server:
 * hooks read the new value and fetch by their keys. Define `param` at module scope.
 *
 * The router tells of a new address in a transition, which is too late for the second of two quick keys; so the address
 * itself is read, and writes start from it. The router's value is what the server rendered with.
 */
export function useUrlState<Value>(param: UrlParam<Value>): readonly [Value, SetUrlState<Value>] {
  const rendered = useSearchParams().toString();
  const search = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => rendered,
  );
  const value = useMemo(() => param.parse(new URLSearchParams(search).getAll(param.name)), [search, param]);
  const setValue = useCallback<SetUrlState<Value>>(
    (next, history = "push") => {
      const query = withParam(new URLSearchParams(window.location.search), param, next).toString();
      const address = `${window.location.pathname}${query === "" ? "" : `?${query}`}${window.location.hash}`;
      if (history === "push") window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
      for (const notify of listeners) notify();
    },
    [param],
  );
  return [value, setValue];
}
