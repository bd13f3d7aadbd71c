"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type UrlParam, withParam } from "./url-param.ts";

export type SetUrlState<Value> = (value: Value, history?: "push" | "replace") => void;

/**
 * State that lives in the URL, so that every view can be linked and the back button works.
 * `push` (default) makes a step of history; use `replace` while typing. The address changes without asking the server:
 * hooks read the new value and fetch by their keys. Writes start from the address of the moment, so two of them in one
 * event both stay. Define `param` at module scope.
 */
export function useUrlState<Value>(param: UrlParam<Value>): readonly [Value, SetUrlState<Value>] {
  const search = useSearchParams();
  const value = useMemo(() => param.parse(search.getAll(param.name)), [search, param]);
  const setValue = useCallback<SetUrlState<Value>>(
    (next, history = "push") => {
      const query = withParam(new URLSearchParams(window.location.search), param, next).toString();
      const address = `${window.location.pathname}${query === "" ? "" : `?${query}`}${window.location.hash}`;
      if (history === "push") window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
    },
    [param],
  );
  return [value, setValue];
}
