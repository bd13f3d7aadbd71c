"use client";
import type { PriceRow } from "#server/contract/prices.ts";
import { useWithdrawPrice } from "../data/prices-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/** Asks before a price is taken out of force. */
export function WithdrawDialog({ row, onClose }: { readonly row: PriceRow; readonly onClose: () => void }) {
  const t = useMessages();
  const withdraw = useWithdrawPrice();
  return (
    <ConfirmDialog
      title={t("settings.withdraw-title")}
      text={t("settings.withdraw-note", { key: row.key })}
      verb={t("settings.withdraw")}
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onClose={onClose}
      onConfirm={() => withdraw.mutate(row.id, { onSuccess: onClose })}
    />
  );
}
