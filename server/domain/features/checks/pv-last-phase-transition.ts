import type { VolumeFacts } from "../../snapshot.ts";
import { clusterWide, defineCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, EvidenceList, ObjectCollector, share } from "../judgement.ts";

const GATE = "PersistentVolumeLastPhaseTransitionTime";
/** A released volume this old has most likely been forgotten. */
const ABANDONED_DAYS = 30;

export const pvLastPhaseTransition = defineCheck({
  id: "pv-last-phase-transition",
  kind: "switch",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase-transition-timestamp",
  words: {
    en: {
      title: "Last phase transition of volumes",
      why: "Shows since when a volume has been released, so forgotten ones can be found.",
      sentences: {
        "volumes-dated":
          "{met} of {of} {of|volume|volumes} {met|carries|carry} the time; older ones get it at their next change.",
        "no-volumes": "There is no volume.",
        "volumes-abandoned":
          "{count} {count|volume|volumes} {count|has|have} been Released or Failed for more than 30 days.",
        "abandoned-bytes": "{count} forgotten {count|volume|volumes} {count|holds|hold} {bytes}.",
        "released-volumes": "Released and failed volumes",
        since: "{phase} since {since}",
      },
    },
    zh: {
      title: "持久卷最近阶段转换时间",
      why: "显示卷自何时被释放，便于找出被遗忘的卷。",
      sentences: {
        "volumes-dated": "{of} 个卷中有 {met} 个带有该时间；旧卷会在下次变化时获得。",
        "no-volumes": "没有持久卷。",
        "volumes-abandoned": "{count} 个卷处于 Released 或 Failed 已超过 30 天。",
        "abandoned-bytes": "{count} 个被遗忘的卷占用 {bytes}。",
        "released-volumes": "已释放与失败的卷",
        since: "自 {since} 起为 {phase}",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: nothingNeeded,
  adopted: clusterWide,
  effective: stage({
    needs: ["volumes"],
    signal: "PV status.lastPhaseTransitionTime",
    judge({ volumes }, context) {
      const without = new EvidenceList();
      for (const volume of volumes)
        if (volume.lastPhaseTransitionAt === null)
          without.add(() => context.saw("volumes", `pv/${volume.name}`, "no time"));
      return share(volumes.length - without.total, volumes.length, "volumes-dated", without, {}, "no-volumes");
    },
  }),
  blockers: [
    rule({
      needs: ["volumes"],
      signal: "PV phase and time",
      judge({ volumes }, context) {
        const old = volumes.filter((volume) => isAbandoned(volume, context.now));
        const evidence = old.map((volume) =>
          context.saw(
            "volumes",
            `pv/${volume.name}`,
            `${volume.phase} since ${volume.lastPhaseTransitionAt?.toISOString()}`,
          ),
        );
        return old.length > 0 ? [blocker("volumes-abandoned", "warning", evidence)] : [];
      },
    }),
  ],
  objects: rule({
    needs: ["volumes"],
    signal: "volumes",
    judge({ volumes }) {
      const list = new ObjectCollector("released-volumes");
      for (const volume of volumes) {
        if (volume.phase !== "Released" && volume.phase !== "Failed") continue;
        list.add("PersistentVolume", "", volume.name, "since", {
          phase: volume.phase,
          since: volume.lastPhaseTransitionAt?.toISOString() ?? "?",
        });
      }
      return [list.toList()];
    },
  }),
  value: rule({
    needs: ["volumes"],
    signal: "capacity of abandoned volumes",
    judge({ volumes }, context) {
      const old = volumes.filter((volume) => isAbandoned(volume, context.now) && volume.capacityBytes !== null);
      const bytes = old.reduce((sum, volume) => sum + (volume.capacityBytes ?? 0), 0);
      return bytes === 0
        ? null
        : { quantity: bytes, unit: "volume-bytes", key: "abandoned-bytes", params: { bytes, count: old.length } };
    },
  }),
});

function isAbandoned(volume: VolumeFacts, now: Date): boolean {
  if (volume.phase !== "Released" && volume.phase !== "Failed") return false;
  return (
    volume.lastPhaseTransitionAt !== null &&
    now.getTime() - volume.lastPhaseTransitionAt.getTime() > ABANDONED_DAYS * 86_400_000
  );
}
