"use client";
import { Download, Search } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import type { GateList } from "#server/contract/gates.ts";
import { CHANGE_DAYS, cellOf, gateMatrixQuery, useGateList } from "../data/gates-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter } from "../layout/use-scope.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Combobox } from "../ui/combobox.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { toCsv } from "../ui/csv.ts";
import { download } from "../ui/download.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { GateChanges } from "./gate-changes.tsx";
import { chooseColumns, filterGates, isOnly, ONLY_CHOICES } from "./gate-facts.ts";
import { GateLegend } from "./gate-legend.tsx";
import { GateSymbols } from "./gate-mark.tsx";
import { GateMatrix } from "./gate-matrix.tsx";
import { columnParam, componentParam, gateParam, onlyParam, searchParam, targetParam } from "./gates-params.ts";

const GateDrawer = lazy(() => import("./gate-drawer.tsx").then((module) => ({ default: module.GateDrawer })));

/** Every gate on every component and node group, with filters, legend, drawer and the list of changes. */
export function GatesScreen() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [target] = useUrlState(targetParam);
  const { data, error, refetch, isPlaceholderData } = useGateList(gateMatrixQuery(clusters, target));
  return (
    <div className="flex flex-col gap-4">
      <GateSymbols />
      <SectionHeader
        level={1}
        title={t("gates.title")}
        summary={t("gates.summary")}
        actions={data === undefined ? null : <CoverageNote coverage={data.coverage} />}
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Skeleton label={t("ui.loading", { what: t("gates.matrix") })} shape="rows" rows={12} />
      )}
      {data !== undefined &&
        (data.columns.length === 0 ? (
          <EmptyNote>{t("gates.no-columns")}</EmptyNote>
        ) : (
          <div
            aria-busy={isPlaceholderData || undefined}
            className={cn("flex flex-col gap-4", isPlaceholderData && "opacity-60")}
          >
            <LoadedGates data={data} clusters={clusters} target={target} />
          </div>
        ))}
      <div className="flex flex-col gap-3">
        <SectionHeader
          level={2}
          id="gate-changes"
          title={t("gates.changes")}
          summary={t("gates.changes-note", { days: CHANGE_DAYS })}
        />
        <GateChanges clusters={clusters} />
      </div>
    </div>
  );
}

type LoadedGatesProps = {
  readonly data: GateList;
  readonly clusters: readonly string[];
  readonly target: string;
};

function LoadedGates({ data, clusters, target }: LoadedGatesProps) {
  const { t, format } = useReader();
  const [text, setText] = useUrlState(searchParam);
  const [only, setOnly] = useUrlState(onlyParam);
  const [, setTarget] = useUrlState(targetParam);
  const [components, setComponents] = useUrlState(componentParam);
  const [gate, setGate] = useUrlState(gateParam);
  const [columnKey, setColumn] = useUrlState(columnParam);
  const wanted = useDeferredValue(text);
  const rows = useMemo(() => filterGates(data.items, only, wanted), [data, only, wanted]);
  const columns = useMemo(() => chooseColumns(data, components), [data, components]);
  const choices = ONLY_CHOICES.filter((choice) => choice !== "vanishes" || target !== "");
  const counts = useMemo(
    () => new Map(ONLY_CHOICES.map((choice) => [choice, data.items.filter((row) => isOnly(row, choice)).length])),
    [data],
  );
  const open = data.items.find((row) => row.gate === gate);
  const componentNames = [...new Set(data.columns.map(({ component }) => component))];
  const exportCsv = () => {
    const head = ["gate", ...columns.map(({ column }) => `${column.cluster} ${column.component} ${column.label}`)];
    const body = rows.map((row) => [row.gate, ...columns.map(({ index }) => cellOf(data, row, index)?.state ?? null)]);
    download("sluice-gates.csv", toCsv(head, body), "text/csv");
  };
  return (
    <>
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-end gap-2">
          <Input
            label={t("gates.search")}
            isLabelHidden
            icon={Search}
            type="search"
            placeholder={t("gates.search")}
            value={text}
            onChange={(event) => setText(event.target.value, "replace")}
            className="w-full sm:w-64"
          />
          <Combobox
            label={t("gates.component")}
            emptyLabel={t("gates.all-components")}
            options={componentNames.map((name) => ({ value: name, label: name }))}
            value={components}
            onChange={setComponents}
          />
          <Select
            label={t("gates.target")}
            value={target}
            options={[
              { value: "", label: `${t("gates.target")}: ${t("gates.no-target")}` },
              ...data.targets.map((minor) => ({ value: minor, label: `${t("gates.target")}: ${minor}` })),
            ]}
            onChange={setTarget}
            isLabelHidden
          />
          <span className="grow" />
          <Button variant="ghost" size="sm" onClick={exportCsv}>
            <Download aria-hidden size={13} />
            {t("table.export")}
          </Button>
        </div>
        <fieldset className="flex flex-wrap items-center gap-1.5">
          <legend className="sr-only">{t("gates.only")}</legend>
          {choices.map((choice) => (
            <button
              key={choice}
              type="button"
              aria-pressed={only === choice}
              onClick={() => setOnly(only === choice ? "all" : choice)}
              className={cn(
                "inline-flex h-8 items-center gap-2 rounded-md border px-2.5 text-sm hover:bg-hovered",
                only === choice ? "border-accent bg-selected font-medium" : "bg-card text-muted-foreground",
              )}
            >
              {choice === "vanishes" ? t("gates.only.vanishes", { target }) : t(`gates.only.${choice}`)}
              <span className="font-semibold text-foreground">{format.count(counts.get(choice) ?? 0)}</span>
            </button>
          ))}
          <span role="status" className="text-xs text-muted-foreground sm:ml-auto">
            {t("gates.shown", {
              shown: format.count(rows.length),
              total: format.count(data.items.length),
              columns: format.count(columns.length),
            })}
          </span>
        </fieldset>
      </div>
      {rows.length === 0 || columns.length === 0 ? (
        <EmptyNote
          action={
            <Button
              size="sm"
              onClick={() => {
                setText("", "replace");
                setComponents([], "replace");
                setOnly("all");
              }}
            >
              {t("gates.reset")}
            </Button>
          }
        >
          {rows.length === 0 ? t("gates.no-match") : t("gates.no-component")}
        </EmptyNote>
      ) : (
        <GateMatrix
          list={data}
          rows={rows}
          columns={columns}
          target={target}
          onOpen={(name, placed) => {
            setGate(name);
            setColumn(placed === null ? "" : `${placed.column.cluster}/${placed.column.group}`, "replace");
          }}
        />
      )}
      <GateLegend />
      {open !== undefined && (
        <Suspense>
          <GateDrawer
            list={data}
            row={open}
            column={data.columns.find(({ cluster, group }) => `${cluster}/${group}` === columnKey) ?? null}
            clusters={clusters}
            onClose={() => {
              setGate("");
              setColumn("", "replace");
            }}
          />
        </Suspense>
      )}
    </>
  );
}
