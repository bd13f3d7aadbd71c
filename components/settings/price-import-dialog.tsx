"use client";
import { useId, useState } from "react";
import type { PriceImport, PriceImportInput } from "#server/contract/prices.ts";
import { useImportPrices } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";

/** A CSV or YAML file: first what it would change, then the change. */
export function PriceImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const fileId = useId();
  const send = useImportPrices();
  const [file, setFile] = useState<Pick<PriceImportInput, "format" | "text"> | null>(null);
  const preview = send.data;
  const read = async (chosen: File) => {
    const next = {
      format: chosen.name.toLowerCase().endsWith(".csv") ? ("csv" as const) : ("yaml" as const),
      text: await chosen.text(),
    };
    setFile(next);
    send.mutate({ ...next, dryRun: true });
  };
  const changes = preview === undefined ? 0 : preview.added + preview.changed;
  return (
    <Dialog
      title={t("settings.import")}
      description={t("settings.import-note")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button
            variant="primary"
            isBusy={send.isPending}
            disabled={file === null || changes === 0 || send.error !== null}
            onClick={() => file !== null && send.mutate({ ...file, dryRun: false }, { onSuccess: onClose })}
          >
            {t("settings.import-apply", { count: changes })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <label htmlFor={fileId} className="flex flex-col gap-1 text-sm">
          <span className="text-xs font-medium text-muted-foreground">{t("settings.import-file")}</span>
          <input
            id={fileId}
            type="file"
            accept=".csv,.yaml,.yml,text/csv,application/yaml"
            className="rounded-md border bg-raised px-2 py-1.5 text-sm"
            onChange={({ target }) => {
              const chosen = target.files?.[0];
              if (chosen !== undefined) void read(chosen);
            }}
          />
        </label>
        {send.error !== null && <ErrorNote error={send.error} />}
        {send.error === null && preview !== undefined && <Preview preview={preview} />}
      </div>
    </Dialog>
  );
}

function Preview({ preview }: { readonly preview: PriceImport }) {
  const { t } = useReader();
  const { added, changed, unchanged } = preview;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>{t("settings.import-preview", { added, changed, unchanged })}</p>
      <ul className="flex max-h-64 flex-col divide-y overflow-y-auto rounded-md border">
        {preview.rows.map((row) => (
          <li
            key={`${row.provider}/${row.region}/${row.kind}/${row.key}/${row.validFrom}`}
            className="flex justify-between gap-4 px-3 py-1.5"
          >
            <span className="truncate">
              {row.provider}/{row.key} <span className="text-muted-foreground">{row.validFrom}</span>
            </span>
            <span className="shrink-0 tabular-nums">
              {row.priceBefore === null ? "" : `${row.priceBefore} → `}
              {row.price} {row.unit === "percent" ? "%" : `${row.currency}/${row.unit}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
