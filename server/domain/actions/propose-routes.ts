import { type ActionDraft, LEAST_COST_PER_MONTH } from "./action-draft.ts";

/** What the network simulator says of one Service with a zone preference. */
export type RoutedSaving = {
  readonly namespace: string;
  readonly name: string;
  readonly team: string | null;
  readonly setting: string | null;
  readonly isHeadless: boolean;
  readonly measuredCrossZoneBytes: number;
  readonly simulatedCrossZoneBytes: number;
  readonly measuredCostPerMonth: number | null;
  readonly simulatedCostPerMonth: number | null;
  readonly risks: readonly { readonly kind: string }[];
};

const HIGH_CONFIDENCE_HOURS = 120;
const MEDIUM_CONFIDENCE_HOURS = 48;
/** Risks that may stop answers, not only make them slower. */
const GRAVE: readonly string[] = ["no-ready-endpoints", "zone-loss-outage", "zone-loss-overload"];

/** Services whose traffic would stay in its zone; what is saved leaves the bill by itself. */
export function proposeRoutes(
  cluster: string,
  services: readonly RoutedSaving[],
  coveredHours: number,
  minor: number | null,
  at: Date,
): ActionDraft[] {
  return services.flatMap((service): ActionDraft[] => {
    const { measuredCostPerMonth: before, simulatedCostPerMonth: after } = service;
    if (service.isHeadless || before === null || after === null || before - after < LEAST_COST_PER_MONTH) return [];
    const subject = `Service/${service.namespace}/${service.name}`;
    return [
      {
        id: `route-by-zone/${cluster}/${service.namespace}/${service.name}`,
        kind: "route-by-zone",
        namespace: service.namespace,
        objectKind: "Service",
        name: service.name,
        team: service.team,
        isWhole: false,
        freedPerMonth: before - after,
        cash: "direct",
        confidence:
          coveredHours >= HIGH_CONFIDENCE_HOURS ? "high" : coveredHours >= MEDIUM_CONFIDENCE_HOURS ? "medium" : "low",
        risk: service.risks.some(({ kind }) => GRAVE.includes(kind))
          ? "high"
          : service.risks.length > 0
            ? "medium"
            : "low",
        facts: {
          measuredCrossZoneBytes: service.measuredCrossZoneBytes,
          simulatedCrossZoneBytes: service.simulatedCrossZoneBytes,
          measuredCostPerMonth: before,
          simulatedCostPerMonth: after,
          coveredHours,
        },
        guards: [...new Set(service.risks.map(({ kind }) => kind))],
        evidence: [
          {
            kind: "metric",
            ref: "cross-zone bytes, measured",
            subject,
            observed: String(service.measuredCrossZoneBytes),
            at,
          },
          {
            kind: "inference",
            ref: "cross-zone bytes, simulated",
            subject,
            observed: String(service.simulatedCrossZoneBytes),
            at,
          },
        ],
        manifest: `# kubectl patch service ${service.name} -n ${service.namespace} --patch-file traffic.yaml
apiVersion: v1
kind: Service
metadata:
  namespace: ${JSON.stringify(service.namespace)}
  name: ${JSON.stringify(service.name)}
spec:
  # PreferSameZone is the word of 1.34; before it PreferClose says the same.
  trafficDistribution: ${minor !== null && minor < 34 ? "PreferClose" : "PreferSameZone"}
`,
        touches: [`service/${service.namespace}/${service.name}`],
        change: null,
        removedNodes: [],
      },
    ];
  });
}
