"use client";
import type { ReactNode } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Skeleton, type SkeletonProps } from "./skeleton.tsx";

export type QueryViewProps<T> = {
  /** What loads, for screen readers. */
  readonly what: string;
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly shape?: NonNullable<SkeletonProps["shape"]>;
  readonly children: (data: T) => ReactNode;
};

/** Loading, failed, stale (an error over older data) and ready, for a whole page or section of one query. */
export function QueryView<T>({ what, query, shape = "rows", children }: QueryViewProps<T>) {
  const t = useMessages();
  const { data, error, refetch } = query;
  const hasError = error !== null && error !== undefined;
  return (
    <>
      {hasError && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && !hasError && <Skeleton label={t("ui.loading", { what })} shape={shape} />}
      {data !== undefined && children(data)}
    </>
  );
}
