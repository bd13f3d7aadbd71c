"use client";
import { CircleQuestionMark, EyeOff } from "lucide-react";
import type { PressureSource } from "#server/contract/pressure.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { TextLink } from "../ui/text-link.tsx";

/** Clusters without pressure data, or with some nodes without, and what to do; nothing when all is measured. */
export function SourceNotes({ sources }: { readonly sources: readonly PressureSource[] }) {
  const t = useMessages();
  const missing = sources.filter(({ state }) => state !== "measured");
  if (missing.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {missing.map((source) => {
        const isUnknown = source.state === "unknown";
        const Icon = isUnknown ? CircleQuestionMark : EyeOff;
        const fix =
          source.state === "partly" || source.state === "not-exposed"
            ? t("pressure.fix.enable-exporter")
            : source.fix?.code === "configure-prometheus"
              ? t("pressure.fix.configure-prometheus")
              : t("pressure.fix.other");
        return (
          <li key={source.cluster} className="flex items-start gap-2 rounded-md border border-dashed px-3 py-2">
            <Icon
              aria-hidden
              size={15}
              className={isUnknown ? "mt-0.5 shrink-0 text-status-unknown" : "mt-0.5 shrink-0 text-status-not-exposed"}
            />
            <div className="min-w-0">
              <p>
                {isUnknown
                  ? t("pressure.source.unknown", {
                      cluster: source.cluster,
                      reason: t(`reason.${source.reason ?? "not-yet-read"}`),
                    })
                  : source.state === "partly"
                    ? t("pressure.source.partly", {
                        cluster: source.cluster,
                        count: source.nodeCount - source.measuredNodeCount,
                        of: source.nodeCount,
                        names: listed(source.unexposedNodes),
                      })
                    : t("pressure.source.not-exposed", { cluster: source.cluster })}
              </p>
              <p className="text-xs text-muted-foreground">
                {source.detail !== null && <>{source.detail}. </>}
                {fix}{" "}
                <TextLink href={`/clusters/${encodeURIComponent(source.cluster)}`}>
                  {t("pressure.source.open", { cluster: source.cluster })}
                </TextLink>
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(", ")} …` : names.join(", ");
}
