import type { EvidenceKind } from "#server/domain/evidence.ts";
import type { Unit } from "../format/unit.ts";
import { type Figure, figureValue } from "./figure.ts";

/** One source of a figure. `ref` is an API path, a query id, a metric, a price row or a catalogue entry – never PromQL. */
export type ProvenanceSource = {
  readonly kind: EvidenceKind;
  readonly ref: string;
  /** What the source means in words, e.g. a query's description and unit, a price row's validity. */
  readonly detail?: string;
  /** The object it speaks of. */
  readonly subject?: string;
  /** What it said, as text. */
  readonly observed: string;
  /** ISO 8601. */
  readonly at: string;
  readonly docsUrl?: string;
};

/** Everything the "why?" drawer tells about one figure. */
export type Provenance = {
  readonly label: string;
  /** The figure in base units; text when it is not a number; `null` when there is none. */
  readonly value: number | string | null;
  readonly unit: Unit;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly sources: readonly ProvenanceSource[];
  /** `what` is a plural noun in the reader's language ("nodes"). */
  readonly coverage: { readonly seen: number; readonly of: number; readonly what: string } | null;
  /** How the sources make the figure, one sentence. */
  readonly formula: string | null;
};

type Evidence = Pick<ProvenanceSource, "kind" | "ref" | "subject" | "observed" | "at">;
export type ProvenanceWords = {
  readonly label: string;
  readonly formula?: string | null;
  /** Plural noun of what `part` counts ("nodes"). */
  readonly what?: string;
  /** ISO 8601; by default the newest evidence. */
  readonly takenAt?: string;
  /** Words for a source, e.g. a query's description and unit by its id. */
  readonly detailOf?: (source: Evidence) => string | undefined;
};

/** A figure of the API → what its "why?" tells; `undefined` when it came without evidence. */
export function toProvenance(
  figure: Figure & { readonly at?: string | undefined; readonly evidence?: readonly Evidence[] | undefined },
  { label, formula = null, what = "", takenAt, detailOf }: ProvenanceWords,
): Provenance | undefined {
  const { evidence } = figure;
  if (evidence === undefined || evidence.length === 0) return undefined;
  const newest =
    evidence
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? "";
  const part = figure.state === "value" ? figure.part : undefined;
  return {
    label,
    value: figureValue(figure),
    unit: figure.unit ?? "number",
    takenAt: takenAt ?? figure.at ?? newest,
    coverage: part === undefined ? null : { seen: part.covered, of: part.of, what },
    formula,
    sources: evidence.map((source) => {
      const detail = detailOf?.(source);
      return detail === undefined ? source : { ...source, detail };
    }),
  };
}
