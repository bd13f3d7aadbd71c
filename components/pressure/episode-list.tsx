"use client";
import { Timer } from "lucide-react";
import type { PressureEpisode } from "#server/contract/pressure-places.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";

const SHOWN = 6;

/** Findings in words and the stretches of time above the limits, newest first. */
export function EpisodeList({
  episodes,
  findings,
  isMeasured,
}: {
  readonly episodes: readonly PressureEpisode[];
  readonly findings: readonly string[];
  /** Whether there is any pressure sample in the window: without one, nothing above a limit is not calm. */
  readonly isMeasured: boolean;
}) {
  const { t, format } = useReader();
  return (
    <Card aria-labelledby="episodes" className="flex flex-col gap-3">
      <CardHeader id="episodes" title={t("pressure.episodes")} />
      {findings.length > 0 && (
        <ul className="flex flex-col gap-1.5 text-sm font-medium">
          {findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
      {episodes.length === 0 ? (
        <EmptyNote>{t(isMeasured ? "pressure.episodes-none" : "pressure.episodes-unmeasured")}</EmptyNote>
      ) : (
        <ol className="flex flex-col gap-2 text-sm">
          {episodes.slice(0, SHOWN).map((episode) => (
            <li key={`${episode.resource} ${episode.kind} ${episode.from}`} className="flex items-start gap-2">
              <Timer aria-hidden size={14} className="mt-0.5 shrink-0 text-subtle-foreground" />
              <span className="min-w-0">
                {t(`pressure.episode.${episode.kind}`, {
                  resource: t(`pressure.noun.${episode.resource}`),
                  duration: format.duration((Date.parse(episode.to) - Date.parse(episode.from)) / 1000),
                  peak: format.percent(episode.peak),
                })}{" "}
                <span className="text-muted-foreground">
                  · <time dateTime={episode.from}>{format.dateTime(episode.from, "minute")}</time>
                </span>{" "}
                {episode.isOngoing && <Badge tone="attention">{t("pressure.episode.ongoing")}</Badge>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
