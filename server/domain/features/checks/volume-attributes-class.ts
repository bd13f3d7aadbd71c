import type { VolumeClaimFacts } from "../../snapshot.ts";
import { defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, judgeEnabled } from "../gate-stages.ts";
import {
  blocker,
  EvidenceList,
  inferred,
  notExposedHere,
  notMet,
  ObjectCollector,
  share,
  Tally,
} from "../judgement.ts";

const GATE = "VolumeAttributesClass";
const API = "storage.k8s.io volumeattributesclasses";

export const volumeAttributesClass = defineCheck({
  id: "volume-attributes-class",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/",
  words: {
    en: {
      title: "Volume attributes classes",
      why: "Volumes change speed and price in place, by naming another class.",
      sentences: {
        "api-shows-it": "{api} {versions} is served, which takes the gate.",
        "no-csi": "No bound volume comes from a CSI driver.",
        "modify-not-exposed":
          "Whether a CSI driver can modify volumes (MODIFY_VOLUME) is not exposed by any API; {classes} {classes|class|classes} {classes|exists|exist}.",
        "class-applied": "{met} of {of} {of|claim|claims} with a class {met|has|have} it applied.",
        "claims-without-class": "No claim names a class.",
        "modify-Infeasible":
          "{count} {count|modification|modifications} {count|was|were} refused by the driver ({example}).",
        "modify-Pending":
          "{count} {count|modification|modifications} {count|waits|wait}, often for a class that is missing ({example}).",
        "modify-InProgress":
          "{count} {count|modification|modifications} {count|is|are} under way and not finished ({example}).",
        "modify-other":
          "{count} {count|modification|modifications} {count|is|are} in a state that is not known ({example}).",
        "class-missing": "{count} {count|claim|claims} {count|names|name} a class that does not exist ({example}).",
        "driver-missing":
          "{count} {count|class|classes} {count|is|are} for a driver that is not installed ({example}).",
        "not-applied":
          "{count} {count|claim|claims} {count|shows|show} no sign of modification: is a resizer with this feature running? ({example})",
        "claims-by-class": "Claims with a class",
        class: "wants {wanted}, has {current}",
      },
    },
    zh: {
      title: "卷属性类",
      why: "只需更换类名，卷即可原地调整速度与价格。",
      sentences: {
        "api-shows-it": "已提供 {api} {versions}，这需要开启门控。",
        "no-csi": "没有已绑定的卷来自 CSI 驱动。",
        "modify-not-exposed": "CSI 驱动能否修改卷（MODIFY_VOLUME）没有任何 API 暴露；现有 {classes} 个类。",
        "class-applied": "{of} 个指定了类的声明中有 {met} 个已应用。",
        "claims-without-class": "没有声明指定类。",
        "modify-Infeasible": "{count} 个修改被驱动拒绝（{example}）。",
        "modify-Pending": "{count} 个修改在等待，往往是类不存在（{example}）。",
        "modify-InProgress": "{count} 个修改正在进行且未完成（{example}）。",
        "modify-other": "{count} 个修改处于未知状态（{example}）。",
        "class-missing": "{count} 个声明指定了不存在的类（{example}）。",
        "driver-missing": "{count} 个类所属的驱动未安装（{example}）。",
        "not-applied": "{count} 个声明没有修改迹象：是否运行着支持此特性的 resizer？（{example}）",
        "claims-by-class": "指定了类的声明",
        class: "期望 {wanted}，当前 {current}",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: stage({
    needs: ["apiResources"],
    signal: `kubernetes_feature_enabled{name=${GATE}} and GET /apis/storage.k8s.io`,
    judge({ apiResources }, context) {
      const versions = apiResources
        .filter((api) => api.resource === "volumeattributesclasses")
        .map((api) => api.version);
      const evidence = [context.saw("apiResources", API, versions.join(", ") || "not served")];
      if (versions.length === 0) return notMet("api-not-served", { api: API }, evidence);
      const byGate = judgeEnabled(context, [GATE]);
      if (byGate.state !== "unknown" && byGate.state !== "not-exposed") return byGate;
      return inferred("api-shows-it", { api: API, versions: versions.join(", ") }, evidence);
    },
  }),
  ready: stage({
    needs: ["volumes", "volumeAttributesClasses"],
    signal: "PV spec.csi.driver, VolumeAttributesClass driverName; MODIFY_VOLUME: no signal exists",
    judge({ volumes, volumeAttributesClasses }, context) {
      if (!volumes.some((volume) => volume.csiDriver !== null))
        return notMet("no-csi", {}, [context.saw("volumes", "", "no CSI volume")]);
      return notExposedHere("modify-not-exposed", { classes: volumeAttributesClasses.length });
    },
  }),
  adopted: rule({
    needs: ["volumeClaims", "volumes"],
    signal: "PVC spec.volumeAttributesClassName ÷ bound PVCs on CSI volumes",
    judge({ volumeClaims, volumes }, context) {
      const csi = new Set(volumes.filter((volume) => volume.csiDriver !== null).map((volume) => volume.name));
      const tally = new Tally(context.team, "volume-claims");
      for (const claim of volumeClaims) {
        const isCandidate = claim.phase === "Bound" && claim.volumeName !== null && csi.has(claim.volumeName);
        if (isCandidate || hasClass(claim)) tally.add(claim.namespace, claim.labels, hasClass(claim));
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["volumeClaims"],
    signal: "PVC status.currentVolumeAttributesClassName and status.modifyVolumeStatus",
    judge({ volumeClaims }, context) {
      const own = volumeClaims.filter(hasClass);
      const late = own.filter((claim) => !isApplied(claim));
      const evidence = late.map((claim) =>
        context.saw(
          "volumeClaims",
          refOf(claim),
          `wants ${claim.attributesClassName}, has ${claim.currentAttributesClassName ?? "none"}${claim.modifyStatus === null ? "" : `, ${claim.modifyStatus}`}`,
        ),
      );
      return share(own.length - late.length, own.length, "class-applied", evidence, {}, "claims-without-class");
    },
  }),
  blockers: [
    rule({
      needs: ["volumeClaims", "volumeAttributesClasses"],
      wants: ["csiDrivers"],
      signal: "PVC status and classes",
      judge({ volumeClaims, volumeAttributesClasses, csiDrivers }, context) {
        const classes = new Set(volumeAttributesClasses.map((entry) => entry.name));
        const found = new Map<string, { list: EvidenceList; example: string }>();
        const add = (key: string, subject: string, observed: string): void => {
          const entry = found.get(key) ?? { list: new EvidenceList(), example: subject };
          entry.list.add(() => context.saw("volumeClaims", subject, observed));
          found.set(key, entry);
        };
        for (const claim of volumeClaims) {
          if (!hasClass(claim)) continue;
          const wanted = claim.attributesClassName ?? "";
          if (!classes.has(wanted)) add("class-missing", refOf(claim), wanted);
          else if (claim.modifyStatus !== null) {
            const known = ["Infeasible", "Pending", "InProgress"].includes(claim.modifyStatus);
            add(
              known ? `modify-${claim.modifyStatus}` : "modify-other",
              refOf(claim),
              `${claim.modifyStatus} → ${claim.modifyTarget ?? wanted}`,
            );
          } else if (!isApplied(claim) && claim.phase === "Bound")
            add("not-applied", refOf(claim), `has ${claim.currentAttributesClassName ?? "none"}`);
        }
        if (csiDrivers !== null) {
          const drivers = new Set(csiDrivers.map((driver) => driver.name));
          for (const entry of volumeAttributesClasses) {
            if (!drivers.has(entry.driverName))
              add("driver-missing", `volumeattributesclass/${entry.name}`, entry.driverName);
          }
        }
        const severe = new Set(["modify-Infeasible", "class-missing", "modify-other"]);
        return [...found].map(([key, { list, example }]) =>
          blocker(key, severe.has(key) ? "blocking" : "warning", list, { example }),
        );
      },
    }),
  ],
  objects: rule({
    needs: ["volumeClaims"],
    signal: "claims",
    judge({ volumeClaims }) {
      const list = new ObjectCollector("claims-by-class");
      for (const claim of volumeClaims) {
        if (!hasClass(claim)) continue;
        list.add("PersistentVolumeClaim", claim.namespace, claim.name, "class", {
          wanted: claim.attributesClassName ?? "",
          current: claim.currentAttributesClassName ?? "–",
        });
      }
      return [list.toList()];
    },
  }),
});

function hasClass(claim: VolumeClaimFacts): boolean {
  return claim.attributesClassName !== null && claim.attributesClassName !== "";
}
function isApplied(claim: VolumeClaimFacts): boolean {
  return claim.currentAttributesClassName === claim.attributesClassName && claim.modifyStatus === null;
}
function refOf(claim: VolumeClaimFacts): string {
  return `pvc/${claim.namespace}/${claim.name}`;
}
