"use client";
import type { ReadRecord } from "#server/contract/polls.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { ProgressBar } from "./progress-bar.tsx";

/** How far a running read is; before its first report the bar is empty and says that it runs. */
export function ReadProgressBar({ read }: { readonly read: ReadRecord }) {
  const t = useMessages();
  const format = useFormat();
  const { progress } = read;
  const label = t("clusters.status.running");
  if (progress === null) return <ProgressBar label={label} value={0} max={1} text={label} />;
  const done = format.count(progress.done);
  return progress.total === null ? (
    <ProgressBar label={label} value={0} max={1} text={t("clusters.step-open", { step: progress.step, done })} />
  ) : (
    <ProgressBar
      label={label}
      value={progress.done}
      max={progress.total}
      text={t("clusters.step", { step: progress.step, done, total: format.count(progress.total) })}
    />
  );
}
