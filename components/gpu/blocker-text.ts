import type { GpuMigrationBlocker } from "#server/contract/gpu-migration.ts";
import type { Translate } from "../i18n/catalogue.ts";

/** The sentence of a blocker in the reader's language. */
export function blockerText({ key, params }: GpuMigrationBlocker, t: Translate): string {
  const text = (name: string): string => String(params[name] ?? "?");
  const count = (name: string): number => Number(params[name] ?? 0);
  switch (key) {
    case "no-dra-in-version":
      return t("gpu.blocker.no-dra-in-version", { minor: text("minor") });
    case "api-not-served":
      return t("gpu.blocker.api-not-served", { minor: text("minor"), version: text("version") });
    case "gate-off":
      return t("gpu.blocker.gate-off", { gate: text("gate"), components: text("components") });
    case "gate-unknown":
      return t("gpu.blocker.gate-unknown", { gate: text("gate"), minor: text("minor") });
    case "no-driver":
    case "no-device-matches":
      return t(`gpu.blocker.${key}`, { driver: text("driver") });
    case "driver-not-on-nodes":
      return t("gpu.blocker.driver-not-on-nodes", { driver: text("driver"), met: text("met"), of: text("of") });
    case "pool-incomplete":
      return t("gpu.blocker.pool-incomplete", { driver: text("driver"), count: count("count") });
    case "double-offer":
    case "no-telemetry":
    case "exporter-without-claims":
      return t(`gpu.blocker.${key}`, { count: count("count") });
    case "time-shared":
      return t("gpu.blocker.time-shared", { pods: count("pods"), before: count("before"), after: text("after") });
    case "exporter-too-old":
    case "exporter-reads-beta":
      return t(`gpu.blocker.${key}`, { image: text("image") });
    case "made-again":
    case "managed-elsewhere":
      return t(`gpu.blocker.${key}`, { kind: text("kind") });
    case "version-unknown":
    case "slices-unread":
    case "exporter-unproven":
      return t(`gpu.blocker.${key}`);
  }
}
