import { fillPlaces } from "../features/shared-words.ts";
import type { Language, Params } from "../features/types.ts";
import type { UpgradeVerdict } from "./upgrade-types.ts";

export const UPGRADE_VERDICT_WORDS: Readonly<Record<UpgradeVerdict, Readonly<Record<Language, string>>>> = {
  blocked: { en: "blocked", zh: "受阻" },
  review: { en: "review", zh: "需复核" },
  "no-known-blockers": { en: "no known blockers", zh: "未发现阻碍" },
  unknown: { en: "unknown", zh: "未知" },
};

type Pair = readonly [en: string, zh: string];

/** Sentences of the planner; `<key>.fix` says what to do about `<key>`. */
const SENTENCES: Readonly<Record<string, Pair>> = {
  "version-unread": ["The version of the cluster could not be read.", "无法读取集群版本。"],
  "version-unread.fix": ["Make /version readable.", "使 /version 可读。"],
  "not-an-upgrade": ["{target} is not a later minor than {from}.", "{target} 并不比 {from} 更新。"],
  "not-an-upgrade.fix": ["Choose a later minor.", "选择更新的次版本。"],
  "target-beyond-catalogue": [
    "{target} is newer than the catalogue of gates, which ends at {newest}.",
    "{target} 比特性门控目录（止于 {newest}）更新。",
  ],
  "target-beyond-catalogue.fix": ["Refresh the catalogue, or choose {newest}.", "刷新目录，或选择 {newest}。"],
  "gate-set-removed": [
    "{gate} is set and unknown from {minor} on: those components would not start.",
    "已设置 {gate}，而自 {minor} 起不再认识它：相关组件将无法启动。",
  ],
  "gate-set-removed.fix": [
    "Remove the name from --feature-gates or featureGates before the upgrade.",
    "升级前从 --feature-gates 或 featureGates 中移除该名称。",
  ],
  "gate-set-locked": [
    "{gate} is set to another value than {value}, which {minor} locks: those components would not start.",
    "{gate} 的设置与 {minor} 锁定的 {value} 不符：相关组件将无法启动。",
  ],
  "gate-set-locked.fix": [
    "Remove the setting and live with {value} before the upgrade.",
    "升级前移除该设置并适应 {value}。",
  ],
  "gate-needs-gates": [
    "{gate} is set on while {needs}, which it depends on, is off at {target}: from 1.35 on that is a start error.",
    "已开启 {gate}，但其依赖的 {needs} 在 {target} 为关闭：自 1.35 起会导致启动失败。",
  ],
  "gate-needs-gates.fix": ["Set {needs} too, or remove {gate}.", "同时开启 {needs}，或移除 {gate}。"],
  "gate-not-in-catalogue": [
    "{gate} is set and not in the catalogue: the vendor must say what becomes of it.",
    "已设置的 {gate} 不在目录中：需由厂商说明其去向。",
  ],
  "gate-not-in-catalogue.fix": ["Ask the vendor, or remove the setting.", "询问厂商，或移除该设置。"],
  "gate-turns-off": ["{gate} is on today and off from {minor} on.", "{gate} 目前开启，自 {minor} 起关闭。"],
  "gate-turns-off.fix": ["Check whether something relies on it.", "检查是否有依赖。"],
  "gate-goes": [
    "{gate} is on today and its name is gone from {minor} on; the catalogue does not tell whether the behaviour stays.",
    "{gate} 目前开启，其名称自 {minor} 起消失；目录未说明行为是否保留。",
  ],
  "gate-goes.fix": ["Read the release notes of {minor}.", "阅读 {minor} 的发布说明。"],
  "gate-settings-hidden": [
    "{count} {count|group|groups} of components {count|does|do} not show which gates are set; one set to its default would stop the start and cannot be seen.",
    "{count} 组组件未显示设置了哪些门控；设为默认值的门控同样会妨碍启动，却无法看到。",
  ],
  "gate-settings-hidden.fix": [
    "Look at --feature-gates and featureGates by hand, or make /flagz or configz readable.",
    "人工检查 --feature-gates 与 featureGates，或使 /flagz、configz 可读。",
  ],
  "api-used-removed": [
    "{api} is requested and gone from {removedIn} on; use {instead}. The metric counts callers and does not name them.",
    "{api} 正被请求，而自 {removedIn} 起不再提供；请改用 {instead}。该指标只统计调用，不记名。",
  ],
  "api-used-removed.fix": [
    "Find the callers in the audit log (annotation k8s.io/removed-release), then rewrite their manifests and clients.",
    "在审计日志中查找调用者（注解 k8s.io/removed-release），然后改写其清单与客户端。",
  ],
  "api-used-gone": [
    "{api} is requested and gone from {removedIn} on; no successor is recorded. The metric does not name the callers.",
    "{api} 正被请求，而自 {removedIn} 起不再提供；没有记录替代 API。该指标不记录调用者。",
  ],
  "api-used-gone.fix": [
    "Find the callers in the audit log (annotation k8s.io/removed-release) and read the release notes of {removedIn}.",
    "在审计日志中查找调用者（注解 k8s.io/removed-release），并阅读 {removedIn} 的发布说明。",
  ],
  "api-used-replaced": [
    "{api} is requested and deprecated; it goes in {removedIn}. The metric does not name the callers.",
    "{api} 正被请求且已弃用；将于 {removedIn} 移除。该指标不记录调用者。",
  ],
  "api-used-replaced.fix": [
    "Move to {instead}; the audit log (annotation k8s.io/deprecated) names the callers.",
    "改用 {instead}；审计日志（注解 k8s.io/deprecated）会列出调用者。",
  ],
  "api-used-deprecated": [
    "{api} is requested and deprecated; it goes in {removedIn}. The metric does not name the callers.",
    "{api} 正被请求且已弃用；将于 {removedIn} 移除。该指标不记录调用者。",
  ],
  "api-used-deprecated.fix": [
    "Read what replaces it in the release notes; the audit log (annotation k8s.io/deprecated) names the callers.",
    "在发布说明中查找替代方案；审计日志（注解 k8s.io/deprecated）会列出调用者。",
  ],
  "api-used-no-end": [
    "{api} is requested and deprecated; no version is set for its removal, so no upgrade takes it away yet.",
    "{api} 正被请求且已弃用；尚未确定移除版本，因此目前的升级不会移除它。",
  ],
  "api-used-no-end.fix": [
    "Move on when convenient; the audit log (annotation k8s.io/deprecated) names the callers.",
    "方便时迁移；审计日志（注解 k8s.io/deprecated）会列出调用者。",
  ],
  "api-written-by": [
    "{managers} wrote objects that are there through {api}. Managers name themselves; readers, deletions and watches leave no trace.",
    "{managers} 曾经由 {api} 写入现存对象。管理者名称由其自报；读取、删除与监听不留痕迹。",
  ],
  "api-written-by.fix": [
    "Move these clients first, then look into the audit log (annotation k8s.io/deprecated) for those who only read.",
    "先迁移这些客户端，再在审计日志（注解 k8s.io/deprecated）中查找仅读取者。",
  ],
  "api-served-removed": [
    "{api} is served and gone from {removedIn} on; no request was seen. Stored objects need {instead}.",
    "{api} 仍在提供，自 {removedIn} 起移除；未见请求。已存对象需改用 {instead}。",
  ],
  "api-served-removed.fix": [
    "Make sure that no object is stored in it, then drop it from --runtime-config.",
    "确认没有对象以其存储，然后从 --runtime-config 中移除。",
  ],
  "api-service-down": [
    "{count} aggregated {count|API|APIs} {count|is|are} not available.",
    "{count} 个聚合 API 不可用。",
  ],
  "api-service-down.fix": [
    "Repair or remove them: namespaces cannot be deleted meanwhile.",
    "修复或移除：在此期间无法删除命名空间。",
  ],
  "kubelet-newer": [
    "{count} {count|kubelet|kubelets} {count|is|are} newer than the API server ({from}).",
    "{count} 个 kubelet 比 API 服务器（{from}）更新。",
  ],
  "kubelet-newer.fix": ["Upgrade the control plane first.", "先升级控制平面。"],
  "kubelet-too-old": [
    "{count} {count|kubelet|kubelets} would be too old for an API server of {minor}.",
    "{count} 个 kubelet 对 {minor} 的 API 服务器而言过旧。",
  ],
  "kubelet-too-old.fix": [
    "Upgrade {count|this node|these nodes} before the control plane goes to {minor}.",
    "在控制平面升级到 {minor} 之前升级这些节点。",
  ],
  "kubelet-lags": [
    "{count} {count|kubelet|kubelets} {count|trails|trail} the API server ({from}); the oldest is {oldest}.",
    "{count} 个 kubelet 落后于 API 服务器（{from}）；最旧为 {oldest}。",
  ],
  "kubelet-lags.fix": [
    "Bring them to {from} first, so that every node is in the same state.",
    "先将其升级到 {from}，使所有节点一致。",
  ],
  "component-skew": [
    "{count} {count|component|components} {count|breaks|break} the version rules against an API server of {from}.",
    "{count} 个组件与 {from} 的 API 服务器不符合版本规则。",
  ],
  "component-skew.fix": ["Align them before anything else.", "首先使其一致。"],
  "apiserver-skew": ["The API servers differ by more than one minor.", "各 API 服务器相差超过一个次版本。"],
  "apiserver-skew.fix": ["Finish the upgrade that is under way.", "完成正在进行的升级。"],
  "cgroup-v1": [
    "{count} {count|node|nodes} {count|runs|run} on cgroup v1: {count|its kubelet refuses|their kubelets refuse} to start from 1.35 on.",
    "{count} 个节点运行在 cgroup v1 上：其 kubelet 自 1.35 起拒绝启动。",
  ],
  "cgroup-v1.fix": [
    "Boot them with the unified hierarchy; for a while failCgroupV1: false helps.",
    "以统一层级启动；暂时可用 failCgroupV1: false。",
  ],
  "cgroup-unread": [
    "{count} {count|node|nodes} did not tell {count|its|their} cgroup version, which decides from 1.35 on.",
    "{count} 个节点未报告 cgroup 版本，而自 1.35 起它是决定因素。",
  ],
  "cgroup-unread.fix": [
    "Make kubelet metrics readable (kubelet_cgroup_version).",
    "使 kubelet 指标可读（kubelet_cgroup_version）。",
  ],
  "kernel-old": [
    "{count} {count|node|nodes} {count|runs a kernel|run kernels} older than 5.8, where cgroup v1 is the usual default.",
    "{count} 个节点的内核早于 5.8，通常默认使用 cgroup v1。",
  ],
  "kernel-old.fix": [
    "Check their cgroup version; move them to a newer image.",
    "检查其 cgroup 版本；迁移到更新的镜像。",
  ],
  "containerd-1": [
    "{count} {count|node|nodes} {count|runs|run} containerd 1.x: kubelets of 1.38 do not start with it.",
    "{count} 个节点运行 containerd 1.x：1.38 的 kubelet 无法与其启动。",
  ],
  "containerd-1.fix": ["Move to containerd 2.0 or newer.", "升级到 containerd 2.0 或更新。"],
  "containerd-1-later": [
    "{count} {count|node|nodes} {count|runs|run} containerd 1.x, which kubelets accept until 1.37.",
    "{count} 个节点运行 containerd 1.x，kubelet 支持到 1.37。",
  ],
  "containerd-1-later.fix": [
    "Plan containerd 2.0 with the next node image.",
    "在下一个节点镜像中安排 containerd 2.0。",
  ],
  "runtime-losing-support": [
    "{count} {count|kubelet|kubelets} {count|says|say} that {count|its|their} runtime is losing support.",
    "{count} 个 kubelet 表示其运行时即将失去支持。",
  ],
  "runtime-losing-support.fix": ["Upgrade the container runtime.", "升级容器运行时。"],
  "etcd-old": [
    "{count} etcd {count|member|members} {count|is|are} older than 3.5.24.",
    "{count} 个 etcd 成员早于 3.5.24。",
  ],
  "etcd-old.fix": ["Upgrade etcd first, one member at a time.", "先逐个成员升级 etcd。"],
  "etcd-not-visible": [
    "No etcd pod is visible; check its version by hand (3.5.24 or newer).",
    "看不到 etcd Pod；请人工检查其版本（3.5.24 或更新）。",
  ],
  "etcd-not-visible.fix": ["Run etcdctl version on the members.", "在各成员上运行 etcdctl version。"],
  "app-armor-annotations": [
    "{count} {count|template|templates} {count|uses|use} the deprecated AppArmor annotation.",
    "{count} 个模板使用已弃用的 AppArmor 注解。",
  ],
  "app-armor-annotations.fix": ["Use securityContext.appArmorProfile.", "改用 securityContext.appArmorProfile。"],
  "budget-never": [
    "{count} disruption {count|budget|budgets} never {count|allows|allow} an eviction: a drain would wait for ever.",
    "{count} 个中断预算从不允许驱逐：排空会一直等待。",
  ],
  "budget-never.fix": ["Allow one disruption, or add a replica.", "允许一次中断，或增加一个副本。"],
  "budget-now": [
    "{count} disruption {count|budget|budgets} {count|allows|allow} no eviction at the moment.",
    "{count} 个中断预算目前不允许驱逐。",
  ],
  "budget-now.fix": ["Bring the pods behind them back to health.", "先让其后的 Pod 恢复健康。"],
  "bare-pods": [
    "{count} {count|pod|pods} {count|has|have} no controller and {count|is|are} lost by a drain.",
    "{count} 个 Pod 没有控制器，排空会使其丢失。",
  ],
  "bare-pods.fix": [
    "Move them into a workload, or accept the loss (drain --force).",
    "纳入工作负载，或接受丢失（drain --force）。",
  ],
  "empty-dir": [
    "{count} {count|pod|pods} {count|keeps|keep} data in emptyDir, which a drain deletes.",
    "{count} 个 Pod 在 emptyDir 中保存数据，排空会删除。",
  ],
  "empty-dir.fix": [
    "Drain with --delete-emptydir-data once nobody needs it.",
    "确认无人需要后使用 --delete-emptydir-data 排空。",
  ],
  "support-ended": [
    "{minor} has been out of support since {endsOn} ({by}).",
    "{minor} 自 {endsOn} 起已不受支持（{by}）。",
  ],
  "support-ended.fix": ["Upgrade soon: no security fixes arrive.", "尽快升级：不再提供安全修复。"],
  "support-extended": [
    "{minor} is in extended support until {endsOn} ({by}).",
    "{minor} 处于延长支持期，至 {endsOn}（{by}）。",
  ],
  "support-extended.fix": [
    "Extended support may cost extra per cluster and hour.",
    "延长支持可能按集群按小时另行计费。",
  ],
  "target-ended": [
    "{minor} itself has been out of support since {endsOn} ({by}).",
    "{minor} 自身自 {endsOn} 起已不受支持（{by}）。",
  ],
  "target-ended.fix": ["Choose a later minor.", "选择更新的次版本。"],
  "target-no-dates": [
    "The calendar has no support dates for {minor} ({by}).",
    "日历中没有 {minor} 的支持日期（{by}）。",
  ],
  "target-no-dates.fix": ["Ask the provider.", "询问服务商。"],
  "facts-stale": [
    "The newest evaluation of this cluster is {hours} hours old: what it says may have changed.",
    "此集群的最新评估已是 {hours} 小时前的：其内容可能已变化。",
  ],
  "facts-stale.fix": ["See why its reads fail, then read it again.", "查明其读取为何失败，然后重新读取。"],
  "part-unread": ["Could not be read, and so not judged: {part} ({why}).", "无法读取{part}（{why}），因此无法判断。"],
  "part-unread.fix": ["Grant the collector read access, then read again.", "授予采集器读取权限，然后重新读取。"],
  "backup-etcd": ["Take an etcd snapshot and test that it can be restored.", "创建 etcd 快照并验证可以恢复。"],
  "backup-managed": [
    "The provider keeps etcd: back up objects and volumes with your own tool.",
    "etcd 由服务商保管：请用自己的工具备份对象与卷。",
  ],
  "backup-manifests": [
    "Export the configuration of every component and node (flags, kubelet files).",
    "导出每个组件与节点的配置（参数、kubelet 文件）。",
  ],
  "check-addons": [
    "Check that network, storage and DNS add-ons support {minor}.",
    "确认网络、存储与 DNS 插件支持 {minor}。",
  ],
  "upgrade-control-plane": [
    "Upgrade the control plane to {minor}: API servers, then controller manager, scheduler and cloud controller.",
    "将控制平面升级到 {minor}：先 API 服务器，再控制器管理器、调度器与云控制器。",
  ],
  "upgrade-managed-control-plane": [
    "Have the provider upgrade the control plane to {minor}.",
    "由服务商将控制平面升级到 {minor}。",
  ],
  "verify-control-plane": [
    "Wait until /readyz is ok on every API server and controllers hold their leases.",
    "等待每个 API 服务器的 /readyz 正常且控制器持有租约。",
  ],
  "upgrade-kube-proxy": [
    "Upgrade kube-proxy to {minor}, never newer than the API server.",
    "将 kube-proxy 升级到 {minor}，不得比 API 服务器更新。",
  ],
  "upgrade-nodes": [
    "Upgrade the nodes to {minor}, one at a time or by surge: cordon, drain, upgrade, uncordon.",
    "将节点升级到 {minor}，逐个或滚动进行：隔离、排空、升级、恢复。",
  ],
  "verify-nodes": [
    "Check that every node is Ready at {minor} and that no pod is stuck.",
    "检查每个节点在 {minor} 上就绪且没有 Pod 卡住。",
  ],
  "migrate-stored-versions": [
    "Rewrite objects that are stored in versions which the next minor drops.",
    "改写以后续版本将移除的 API 版本存储的对象。",
  ],
  "no-downgrade": ["A control plane cannot be taken back to an older minor.", "控制平面无法退回到旧的次版本。"],
  "stored-versions": [
    "Objects written in a new storage version cannot be read by the old one.",
    "以新存储版本写入的对象，旧版本无法读取。",
  ],
  "etcd-restore": [
    "Restoring the etcd snapshot loses every change made since.",
    "恢复 etcd 快照会丢失此后的所有更改。",
  ],
  "managed-rollback": [
    "The provider keeps the only copy of etcd; rolling back is up to it.",
    "唯一的 etcd 副本由服务商保管；能否回滚取决于服务商。",
  ],
  "effort-steps": ["minors to go", "需跨越的次版本"],
  "effort-blockers": ["blockers", "阻碍"],
  "effort-unknowns": ["unknowns", "未知项"],
  "effort-reviews": ["items to review", "需复核项"],
  "effort-node-tens": ["tens of node upgrades", "每十次节点升级"],
};

export const UPGRADE_KEYS: readonly string[] = Object.keys(SENTENCES);

/** The sentence of a key; `null` when there is none. */
export function sayUpgrade(key: string, params: Params, lang: Language): string | null {
  const pair = SENTENCES[key];
  return pair === undefined ? null : fillPlaces(pair[lang === "en" ? 0 : 1], params, lang);
}
