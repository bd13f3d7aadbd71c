"use client";
import type { FeatureDetail } from "#server/contract/features.ts";
import { STAGE_NAMES } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";

export type SignalTableProps = { readonly signals: FeatureDetail["signals"] };

/** Stage → signal, or “no signal exists”: what the verdict can rest on at all. */
export function SignalTable({ signals }: SignalTableProps) {
  const { t } = useReader();
  return (
    <table className="w-full text-sm">
      <caption className="pb-2 text-left text-xs text-muted-foreground">{t("features.signal-note")}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t("features.stage")}</th>
          <th scope="col">{t("features.signal")}</th>
        </tr>
      </thead>
      <tbody>
        {STAGE_NAMES.map((stage) => (
          <tr key={stage}>
            <th
              scope="row"
              className="w-24 border-t py-1.5 pr-3 text-left align-top text-xs font-medium text-muted-foreground"
            >
              {t(`stage.${stage}`)}
            </th>
            <td className="border-t py-1.5">
              {signals[stage] === null ? (
                <span className="text-status-not-exposed">{t("features.signal-none")}</span>
              ) : (
                <span className="font-mono text-xs wrap-anywhere">{signals[stage]}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
