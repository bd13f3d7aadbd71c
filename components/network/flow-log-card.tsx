"use client";
import { useState } from "react";
import type { FlowImportRecord, Network } from "#server/contract/network.ts";
import { useImportFlowLog } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Card, CardHeader } from "../ui/card.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { FileButton } from "./file-button.tsx";

const LEFT_OUT = [
  "duplicate",
  "receiverCopy",
  "gatewayCopy",
  "bothEndsOutside",
  "rejected",
  "noData",
  "skippedData",
  "unreadable",
] as const;

/** Flow logs as files, for clusters that no other source tells of: what was taken in, and what was left out and why. */
export function FlowLogCard({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const clusters = network.sources
    .filter((source) => source.adapter === null || source.adapter === "vpc-flow-log")
    .map((source) => source.cluster);
  const [chosen, setChosen] = useState("");
  const [rate, setRate] = useState("1");
  const cluster = clusters.includes(chosen) ? chosen : (clusters[0] ?? "");
  const log = useImportFlowLog();
  const refusal = useRefusal("flows");
  if (clusters.length === 0 && network.imports.length === 0) return null;
  const send = async (file: File) =>
    log.mutate({
      cluster,
      fileName: file.name,
      samplingRate: Math.max(1, Number(rate) || 1),
      text: await file.text(),
    });
  const [first] = log.data?.flatMap((part) => part.unreadable) ?? [];
  return (
    <Card aria-labelledby="network-flow-log" className="flex flex-col gap-3">
      <CardHeader id="network-flow-log" title={t("network.log")} note={t("network.log.hint")} />
      {clusters.length > 0 && refusal !== undefined && (
        <p className="text-sm text-muted-foreground">{t("network.import.refused", { why: refusal })}</p>
      )}
      {clusters.length > 0 && refusal === undefined && (
        <div className="flex flex-wrap items-end gap-3">
          <Select
            label={t("network.bill.cluster")}
            value={cluster}
            options={clusters.map((name) => ({ value: name, label: name }))}
            onChange={setChosen}
          />
          <div className="w-36">
            <Input
              label={t("network.log.sampling")}
              type="number"
              min={1}
              value={rate}
              onChange={({ target }) => setRate(target.value)}
            />
          </div>
          <FileButton
            text={log.isPending ? t("network.log.busy") : t("network.log.import")}
            label={t("network.log.file")}
            accept=".csv,.log,.txt,text/plain,text/csv"
            onFile={(file) => void send(file)}
          />
          {log.data !== undefined && (
            <output className="text-sm text-muted-foreground">
              {t("network.log.done", {
                lines: log.data.reduce((sum, part) => sum + part.record.lineCount, 0),
                counted: log.data.reduce((sum, part) => sum + part.record.countedCount, 0),
              })}
              {first !== undefined && ` · ${t("network.import.line", { line: first.lineNumber, why: first.why })}`}
            </output>
          )}
        </div>
      )}
      {log.error !== null && <ErrorNote error={log.error} />}
      {network.imports.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("network.log.none")}</p>
      ) : (
        <ul className="flex flex-col divide-y text-sm">
          {network.imports.map((record) => (
            <li key={record.id} className="flex flex-col gap-0.5 py-2 first:pt-0 last:pb-0">
              <span className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-medium">{record.fileName}</span>
                <span className="text-xs text-muted-foreground">
                  {record.cluster} · {record.from === null ? "–" : format.dateTime(record.from)} –{" "}
                  {record.to === null ? "–" : format.dateTime(record.to)} · {record.importedBy}
                </span>
                <span className="ml-auto whitespace-nowrap">{format.quantity(record.bytes, "traffic-bytes")}</span>
              </span>
              <span className="text-xs text-muted-foreground">
                <LeftOut record={record} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function LeftOut({ record }: { readonly record: FlowImportRecord }) {
  const { t, format } = useReader();
  const parts = LEFT_OUT.flatMap((why) => {
    const count = record.leftOut[why] ?? 0;
    return count === 0 ? [] : [`${format.count(count)} ${t(`network.log.left-out.${why}`)}`];
  });
  return [
    t("network.log.counted", { counted: format.count(record.countedCount), lines: format.count(record.lineCount) }),
    ...parts,
    ...(record.unknownPeerBytes > 0
      ? [t("network.log.unknown", { bytes: format.quantity(record.unknownPeerBytes, "traffic-bytes") })]
      : []),
    ...(record.samplingRate > 1 ? [t("network.log.sampled", { rate: format.count(record.samplingRate) })] : []),
  ].join(" · ");
}
