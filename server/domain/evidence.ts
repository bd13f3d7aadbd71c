/**
 * Where a number or a verdict comes from. `ref` is an API path, a query id, a metric name with labels, a price-row id
 * or a catalogue entry – never PromQL, never a credential.
 */
export type EvidenceKind = "api" | "query" | "metric" | "price" | "catalogue" | "configuration" | "inference";
export type Evidence = {
  readonly kind: EvidenceKind;
  readonly ref: string;
  /** The object or component it speaks of, e.g. `node/real-node-a`; empty when it is the whole cluster. */
  readonly subject: string;
  /** The observed value as text, in base units. */
  readonly observed: string;
  readonly at: Date;
};
