import type { Action } from "#server/contract/actions.ts";
import type { useReader } from "../i18n/reader-provider.tsx";

type Words = Pick<ReturnType<typeof useReader>, "t" | "format">;

type Told = Pick<Action, "kind" | "facts" | "name">;

/** What to do, in one line. */
export function actionSentence(action: Told, { t, format }: Words): string {
  const { facts, name } = action;
  const number = (key: string) => (typeof facts[key] === "number" ? facts[key] : null);
  const count = number("deviceCount") ?? 0;
  const model = String(facts.model ?? "");
  switch (action.kind) {
    case "right-size": {
      const cpu = number("cpuCoresWanted");
      const memory = number("memoryBytesWanted");
      const change = [
        ...(cpu === null
          ? []
          : [
              t("actions.do.cpu", {
                from: format.quantity(number("cpuCoresRequested") ?? 0, "cores"),
                to: format.quantity(cpu, "cores"),
              }),
            ]),
        ...(memory === null
          ? []
          : [
              t("actions.do.memory", {
                from: format.quantity(number("memoryBytesRequested") ?? 0, "bytes"),
                to: format.quantity(memory, "bytes"),
              }),
            ]),
      ].join(", ");
      return t("actions.do.right-size", { name, change });
    }
    case "release-devices":
      if (facts.verb === "release") return t("actions.do.release", { count: String(count), model, name });
      if (facts.verb === "shrink") return t("actions.do.shrink", { count: String(count), model, name });
      return t("actions.do.share", { count: String(count), model, name });
    case "consolidate-nodes":
      return t("actions.do.consolidate", { count: number("nodeCount") ?? 0 });
    case "swap-pool":
      return t("actions.do.swap-pool", {
        name,
        pool: String(facts.pool ?? ""),
        from: format.quantity(number("memoryBytesRequested") ?? 0, "bytes"),
        to: format.quantity(number("memoryBytesWanted") ?? 0, "bytes"),
      });
    case "route-by-zone": {
      const before = number("measuredCrossZoneBytes") ?? 0;
      const after = number("simulatedCrossZoneBytes") ?? 0;
      return t("actions.do.route", {
        name,
        share: before > 0 ? format.percent((before - after) / before) : "–",
      });
    }
    case "job-policy":
      return facts.policy === "native-sidecars"
        ? t("actions.do.sidecar", {
            name,
            sidecar: String(facts.sidecar ?? ""),
            hours: format.count(number("podHours") ?? 0),
          })
        : t("actions.do.job", {
            name,
            code: String(number("exitCode") ?? ""),
            count: number("retryCount") ?? 0,
          });
    case "remove-volume":
      return t("actions.do.volume", {
        name: action.name === facts.volume ? action.name : `${facts.claim ?? name} (${facts.volume ?? ""})`,
        size: format.quantity(number("volumeBytes") ?? 0, "bytes"),
        days: number("idleDays") ?? 0,
      });
    case "use-feature":
      return t("actions.do.feature", { name });
  }
}
