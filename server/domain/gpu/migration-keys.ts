/** The words in which plans of the move to DRA are told; the contract lists the same ones. */
export const MIGRATION_BLOCKERS = [
  "version-unknown",
  "no-dra-in-version",
  "api-not-served",
  "gate-off",
  "gate-unknown",
  "slices-unread",
  "no-driver",
  "driver-not-on-nodes",
  "pool-incomplete",
  "no-device-matches",
  "double-offer",
  "time-shared",
  "no-telemetry",
  "exporter-without-claims",
  "exporter-too-old",
  "exporter-reads-beta",
  "exporter-unproven",
  "made-again",
  "managed-elsewhere",
] as const;
export type MigrationBlockerKey = (typeof MIGRATION_BLOCKERS)[number];
/** `blocking` = pods would not start; `warning` = they start, and something is lost or somebody has to act; `unknown` = cannot be told. */
export const MIGRATION_SEVERITIES = ["blocking", "warning", "unknown"] as const;
export type MigrationSeverity = (typeof MIGRATION_SEVERITIES)[number];

export const MIGRATION_STATES = ["ready", "blocked", "unknown"] as const;
export type MigrationState = (typeof MIGRATION_STATES)[number];

/** The version to write objects in. */
export const DRA_VERSIONS = ["v1", "v1beta2", "v1beta1"] as const;
export type DraVersion = (typeof DRA_VERSIONS)[number];
