"use client";
import { useCallback, useMemo, useState } from "react";
import { textParam, type UrlParam } from "../url/url-param.ts";
import { type SetUrlState, useUrlState } from "../url/use-url-state.ts";

export type TableSort = { readonly column: string; readonly isDescending: boolean };

/** `-cost` = by cost, dearest first. */
export function sortParam(name: string, fallback: TableSort | null): UrlParam<TableSort | null> {
  const write = (sort: TableSort | null) => (sort === null ? "" : `${sort.isDescending ? "-" : ""}${sort.column}`);
  return {
    name,
    parse: ([text]) => {
      if (text === undefined) return fallback;
      const isDescending = text.startsWith("-");
      const column = isDescending ? text.slice(1) : text;
      return column === "" ? null : { column, isDescending };
    },
    write: (sort) => (write(sort) === write(fallback) ? [] : [write(sort)]),
  };
}

/** Ids of the shown columns; `null` = as the page wants it. */
export function columnsParam(name: string): UrlParam<readonly string[] | null> {
  return {
    name,
    parse: ([text]) => (text === undefined ? null : text.split(".").filter((id) => id !== "")),
    write: (ids) => (ids === null ? [] : [ids.join(".")]),
  };
}

export type TableState = {
  readonly filter: string;
  readonly setFilter: (text: string) => void;
  readonly sort: TableSort | null;
  readonly setSort: (sort: TableSort | null) => void;
  readonly columns: readonly string[] | null;
  readonly setColumns: (ids: readonly string[] | null) => void;
};

/** Filter, sort and columns of one table: in the URL under `<urlKey>.q`, `.sort`, `.columns`, or local without a key. */
export function useTableState(urlKey: string | undefined, initialSort: TableSort | null): TableState {
  const { column, isDescending } = initialSort ?? { column: "", isDescending: false };
  const params = useMemo(
    () => ({
      filter: textParam(`${urlKey}.q`),
      sort: sortParam(`${urlKey}.sort`, column === "" ? null : { column, isDescending }),
      columns: columnsParam(`${urlKey}.columns`),
    }),
    [urlKey, column, isDescending],
  );
  const isInUrl = urlKey !== undefined;
  const [filter, setFilter] = useUrlOrLocalState(params.filter, isInUrl);
  const [sort, setSort] = useUrlOrLocalState(params.sort, isInUrl);
  const [columns, setColumns] = useUrlOrLocalState(params.columns, isInUrl);
  return {
    filter,
    sort,
    columns,
    setFilter: useCallback((text: string) => setFilter(text, "replace"), [setFilter]),
    setSort: useCallback((next: TableSort | null) => setSort(next, "replace"), [setSort]),
    setColumns: useCallback((ids: readonly string[] | null) => setColumns(ids, "replace"), [setColumns]),
  };
}

function useUrlOrLocalState<Value>(param: UrlParam<Value>, isInUrl: boolean): readonly [Value, SetUrlState<Value>] {
  const fromUrl = useUrlState(param);
  const [local, setLocal] = useState<Value>(() => param.parse([]));
  const setValue = useCallback<SetUrlState<Value>>((value) => setLocal(() => value), []);
  return isInUrl ? fromUrl : [local, setValue];
}
