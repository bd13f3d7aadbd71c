"use client";
import { useMemo } from "react";
import type { CostHolder } from "#server/contract/cost.ts";
import { useMessages } from "../i18n/reader-provider.tsx";

/** The team, or the word for what no team holds. */
export function useHolderName(): (row: { readonly holder: CostHolder; readonly team: string | null }) => string {
  const t = useMessages();
  return useMemo(
    () =>
      ({ holder, team }) =>
        holder === "team" ? (team ?? t("cost.holder.unowned")) : t(`cost.holder.${holder}`),
    [t],
  );
}
