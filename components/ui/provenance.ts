import type { EvidenceKind } from "#server/domain/evidence.ts";
import type { Unit } from "../format/unit.ts";

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
