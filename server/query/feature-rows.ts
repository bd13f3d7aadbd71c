import { z } from "zod";
import { FeatureOutcome, ShareCount, type TrendPoint } from "../contract/features.ts";
import { Verdict } from "../contract/verdict.ts";
import type { FeatureCheck } from "../domain/features/define-check.ts";
import type { Db } from "../store/db.ts";
import { readWhollyOwnedNamespaces } from "../store/sql/read-teams.ts";
import type { TrendRow } from "../store/sql/read-verdicts.ts";
import type { Scope } from "../store/sql/rows.ts";
import { boundOutcome, type OutcomeBounds } from "./bound-outcome.ts";

const DAY_MS = 86_400_000;
const ByTeam = z.record(z.string(), ShareCount).nullable();

/** What the pages say of a feature before they say anything of a cluster. */
export function describeCheck(check: FeatureCheck) {
  return {
    feature: check.id,
    title: { en: check.words.en.title, zh: check.words.zh.title },
    why: { en: check.words.en.why, zh: check.words.zh.why },
    docsUrl: check.docsUrl,
    kind: check.kind,
    gates: [...check.gates],
  };
}

/** How outcomes are cut for the teams of a scope; `null` = not at all. */
export async function loadOutcomeBounds(db: Db, scope: Scope): Promise<((clusterId: number) => OutcomeBounds) | null> {
  const { teams } = scope;
  if (teams === null) return null;
  const rows = await readWhollyOwnedNamespaces(db, scope);
  const byCluster = Map.groupBy(rows, (row) => row.clusterId);
  const own = new Set(teams);
  return (clusterId) => ({
    teams: own,
    namespaces: new Set((byCluster.get(clusterId) ?? []).map((row) => row.namespace)),
  });
}

/** A stored outcome in the shape of the contract, cut to what the viewer may see. `null` = written by other rules. */
export function toOutcome(
  stored: unknown,
  clusterId: number,
  bounds: ((clusterId: number) => OutcomeBounds) | null,
): FeatureOutcome | null {
  const parsed = FeatureOutcome.safeParse(stored);
  if (!parsed.success) return null;
  return bounds === null ? parsed.data : boundOutcome(parsed.data, bounds(clusterId));
}

/** Adoption of the teams of a scope, out of shares by team. */
export function sumShares(byTeam: unknown, teams: readonly string[] | null): { met: number; of: number } | null {
  const parsed = ByTeam.safeParse(byTeam);
  if (!parsed.success || parsed.data === null) return null;
  const shares = Object.entries(parsed.data).filter(([team]) => teams === null || teams.includes(team));
  return {
    met: shares.reduce((sum, [, share]) => sum + share.met, 0),
    of: shares.reduce((sum, [, share]) => sum + share.of, 0),
  };
}

export function trendRange(days: number, now: Date): { readonly from: Date; readonly to: Date } {
  return { from: new Date(now.getTime() - days * DAY_MS), to: new Date(now.getTime() + 1) };
}

/** Points oldest first; for a scope of some teams their own adoption. */
export function toTrend(rows: readonly TrendRow[], teams: readonly string[] | null): TrendPoint[] {
  return rows.map((row) => {
    const own = teams === null ? null : sumShares(row.byTeam, teams);
    return {
      day: row.day.toISOString().slice(0, 10),
      verdict: Verdict.parse(row.verdict),
      adoptedCount: teams === null ? row.adoptedCount : (own?.met ?? null),
      adoptableCount: teams === null ? row.adoptableCount : (own?.of ?? null),
    };
  });
}
