"use client";
import { FileDown, FileUp, Plus, Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { PriceRow } from "#server/contract/prices.ts";
import { usePriceList } from "../data/prices-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Button } from "../ui/button.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { Input } from "../ui/input.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { choiceParam, flagParam, textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { PriceDialog } from "./price-dialog.tsx";
import { PriceEvents } from "./price-events.tsx";
import { PRICE_KINDS, PRICES_SHOWN, toPriceQuery } from "./price-filter.ts";
import { PriceImportDialog } from "./price-import-dialog.tsx";
import { PriceTable } from "./price-table.tsx";
import { WithdrawDialog } from "./withdraw-dialog.tsx";

const kindParam = choiceParam("kind", PRICE_KINDS, "all");
const searchParam = textParam("price");
const historyParam = flagParam("history");

type Task = { readonly kind: "add" | "import" } | { readonly kind: "correct" | "withdraw"; readonly row: PriceRow };

/** The price book: look, filter, add, correct, withdraw. Every change names its source and keeps the row before. */
export function PricesPanel() {
  const t = useMessages();
  const refusal = useRefusal("prices");
  const [kind, setKind] = useUrlState(kindParam);
  const [search, setSearch] = useUrlState(searchParam);
  const [hasHistory, setHistory] = useUrlState(historyParam);
  const query = useMemo(() => toPriceQuery({ kind, search, hasHistory }), [kind, search, hasHistory]);
  const prices = usePriceList(query);
  const [task, setTask] = useState<Task | null>(null);
  const currency = prices.data?.currency ?? "USD";
  return (
    <div className="flex flex-col gap-4">
      <p className="max-w-prose text-muted-foreground">{t("settings.prices-note")}</p>
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-44">
          <Select
            label={t("settings.kind")}
            value={kind}
            onChange={(value) => setKind(value)}
            options={PRICE_KINDS.map((value) => ({
              value,
              label: value === "all" ? t("settings.every-kind") : t(`settings.kind.${value}`),
            }))}
          />
        </div>
        <Input
          className="w-56"
          label={t("settings.search")}
          icon={Search}
          value={search}
          onChange={(event) => setSearch(event.target.value, "replace")}
        />
        <div className="flex h-8 items-center">
          <Switch label={t("settings.history")} isOn={hasHistory} onChange={(isOn) => setHistory(isOn)} />
        </div>
        <div className="ml-auto flex flex-wrap items-center gap-1.5">
          {(["csv", "yaml"] as const).map((format) => (
            <a
              key={format}
              className={buttonStyle("ghost", "sm")}
              href={`/api/v1/prices/export.${format}`}
              download={`price-book.${format}`}
            >
              <FileDown aria-hidden size={13} />
              {format.toUpperCase()}
            </a>
          ))}
          <Button size="sm" variant="ghost" refusal={refusal} onClick={() => setTask({ kind: "import" })}>
            <FileUp aria-hidden size={13} />
            {t("settings.import")}
          </Button>
          <Button variant="primary" refusal={refusal} onClick={() => setTask({ kind: "add" })}>
            <Plus aria-hidden size={14} />
            {t("settings.add-price")}
          </Button>
        </div>
      </div>
      <QueryView what={t("settings.tab.prices")} query={prices}>
        {({ items, nextCursor, foreignCurrencies }) => (
          <>
            {foreignCurrencies.length > 0 && (
              <p className="text-status-attention">
                {t("settings.foreign", { currencies: foreignCurrencies.join(", "), currency })}
              </p>
            )}
            {items.length === 0 ? (
              <EmptyNote>{t("settings.no-prices")}</EmptyNote>
            ) : (
              <PriceTable
                rows={items}
                onCorrect={(row) => setTask({ kind: "correct", row })}
                onWithdraw={(row) => setTask({ kind: "withdraw", row })}
              />
            )}
            {nextCursor !== null && (
              <p className="text-xs text-muted-foreground">{t("settings.more-prices", { count: PRICES_SHOWN })}</p>
            )}
          </>
        )}
      </QueryView>
      <PriceEvents />
      {task?.kind === "import" && <PriceImportDialog onClose={() => setTask(null)} />}
      {task?.kind === "add" && <PriceDialog row={null} currency={currency} onClose={() => setTask(null)} />}
      {task?.kind === "correct" && <PriceDialog row={task.row} currency={currency} onClose={() => setTask(null)} />}
      {task?.kind === "withdraw" && <WithdrawDialog row={task.row} onClose={() => setTask(null)} />}
    </div>
  );
}
