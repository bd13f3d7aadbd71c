import { minorIndex } from "../gates/version.ts";
import source from "./releases.json" with { type: "json" };

export type ManagedService = "eks" | "gke" | "aks";
export type Release = {
  readonly minor: string;
  readonly releaseDate: string;
  readonly maintenanceModeStart: string;
  readonly endOfLife: string;
  readonly latestPatch: string;
  readonly latestPatchDate: string;
  readonly managed: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
/** Days are ISO days (UTC). What lies after `knowledgeEnds` was not seen. */
export const RELEASES: readonly Release[] = source.minors.map((entry) => ({
  ...entry,
  managed: managedDates(entry.managed),
}));
export const KNOWLEDGE_ENDS: string = source.knowledgeEnds;

/** The JSON types each service's dates apart; readers want them as plain maps without holes. */
function managedDates(managed: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>) {
  return Object.fromEntries(
    Object.entries(managed).map(([service, dates]) => [
      service,
      Object.fromEntries(
        Object.entries(dates ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    ]),
  );
}

export function findRelease(minor: string): Release | null {
  return RELEASES.find((release) => release.minor === minor) ?? null;
}

export type Support = {
  readonly minor: string;
  /** `extended` = the provider's paid or reduced support only; `unknown` = the calendar has no date. */
  readonly state: "supported" | "maintenance" | "extended" | "ended" | "unknown";
  /** Day on which the present state ends, or ended. */
  readonly endsOn: string | null;
  /** Whose dates these are. */
  readonly by: "upstream" | ManagedService;
  readonly source: string;
};

const STANDARD_END = ["standardSupportEnd", "activeSupportEnd"];
const LAST_END = ["extendedSupportEnd", "maintenanceSupportEnd", "ltsSupportEnd"];

/** Whether a minor is supported on the day of `now`, by the managed service's dates where it has some. */
export function supportOf(minor: string, service: ManagedService | null, now: Date): Support {
  const release = findRelease(minor);
  const by = service ?? "upstream";
  const reference = `releases: ${minor}`;
  if (release === null) return { minor, state: "unknown", endsOn: null, by, source: reference };
  const today = now.toISOString().slice(0, 10);
  const dates = service === null ? undefined : release.managed[service];
  if (service !== null && dates === undefined) return { minor, state: "unknown", endsOn: null, by, source: reference };
  if (dates !== undefined) {
    const standard = STANDARD_END.map((key) => dates[key]).find((day) => day !== undefined) ?? null;
    const last = LAST_END.map((key) => dates[key]).find((day) => day !== undefined) ?? null;
    if (standard === null) return { minor, state: "unknown", endsOn: null, by, source: reference };
    if (today <= standard) return { minor, state: "supported", endsOn: standard, by, source: reference };
    if (last !== null && today <= last) return { minor, state: "extended", endsOn: last, by, source: reference };
    return { minor, state: "ended", endsOn: last ?? standard, by, source: reference };
  }
  if (today > release.endOfLife) return { minor, state: "ended", endsOn: release.endOfLife, by, source: reference };
  const state = today >= release.maintenanceModeStart ? "maintenance" : "supported";
  return { minor, state, endsOn: release.endOfLife, by, source: reference };
}

export function isNewerThanCalendar(minor: string): boolean {
  const last = RELEASES.at(-1);
  return last !== undefined && (minorIndex(minor) ?? 0) > (minorIndex(last.minor) ?? 0);
}
