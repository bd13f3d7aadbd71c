import type { FeatureCheck } from "./define-check.ts";
import type { Language, Params, StageName, StageState, Verdict } from "./types.ts";

/** Sentences that every check may use; a check's own words win over these. */
export const SHARED_SENTENCES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    "part-unknown": "Could not be read: {part} ({why}).",
    "part-not-exposed": "Not served here: {part}.",
    "nothing-needed": "Nothing beyond the version is needed.",
    "nothing-to-count": "There is nothing here to count.",
    "cluster-wide": "It works for the whole cluster; no object opts in.",
    "nobody-could-use-it": "No {unit} here could use it.",
    "adopted-share": "{met} of {of} {unit} {met|uses|use} it.",
    "inferred-from-use": "Not readable, but {met} in use {met|shows|show} it.",
    "inferred-from-effect": "Not readable, but its effect is seen.",
    "version-unknown": "The version could not be read.",
    "beyond-catalogue": "{minor} is newer than the catalogue of gates.",
    "in-version": "{minor} has it.",
    "not-in-version": "{minor} does not have it; it needs {since} or newer.",
    "gone-from-version": "{minor} no longer knows {gate}; it was withdrawn.",
    "gate-on": "{gate} is on everywhere it counts ({met} of {of}).",
    "gate-on-in": "{gate} is on in {met} of {of}; off in: {off}.",
    "gate-on-where-read": "{gate} is on wherever it can be read ({met} of {of}).",
    "gate-on-by-version": "{gate} is on because the version locks it on ({met} of {of}).",
    "gate-unread": "No component's value of {gate} could be read: {why}.",
    "gate-not-exposed": "The provider exposes no component that tells {gate}.",
    "api-served": "{api} is served.",
    "api-not-served": "{api} is not served.",
    "no-effect-signal": "Kubernetes exposes nothing that tells whether it takes effect.",
    "nothing-adopted": "Nobody uses it yet, so there is no effect to see.",
    listed: "",
    services: "{of|Service|Services}",
    pods: "{of|pod|pods}",
    jobs: "{of|Job or CronJob|Jobs and CronJobs}",
    volumes: "{of|volume|volumes}",
    "volume-claims": "{of|volume claim|volume claims}",
    nodes: "{of|node|nodes}",
    workloads: "{of|workload|workloads}",
    webhooks: "{of|mutating webhook or policy|mutating webhooks and policies}",
    autoscalers: "{of|autoscaler|autoscalers}",
    "part.version": "the version",
    "part.apiResources": "the list of served APIs",
    "part.namespaces": "namespaces",
    "part.nodes": "nodes",
    "part.pods": "pods",
    "part.workloads": "workloads",
    "part.jobs": "Jobs",
    "part.cronJobs": "CronJobs",
    "part.services": "Services",
    "part.endpointSlices": "EndpointSlices",
    "part.volumeClaims": "volume claims",
    "part.volumes": "volumes",
    "part.storageClasses": "storage classes",
    "part.volumeAttributesClasses": "volume attributes classes",
    "part.csiDrivers": "CSI drivers",
    "part.deviceClasses": "device classes",
    "part.resourceSlices": "resource slices",
    "part.resourceClaims": "resource claims",
    "part.resourceClaimTemplates": "claim templates",
    "part.serviceAccounts": "service accounts",
    "part.roles": "roles",
    "part.roleBindings": "role bindings",
    "part.mutatingAdmissionPolicies": "mutating admission policies",
    "part.mutatingAdmissionPolicyBindings": "bindings of mutating admission policies",
    "part.mutatingWebhooks": "mutating webhooks",
    "part.horizontalPodAutoscalers": "autoscalers",
    "part.podDisruptionBudgets": "disruption budgets",
    "part.apiServices": "aggregated APIs",
    "part.events": "events",
    "part.deprecatedApiUse": "requests to deprecated APIs",
    "part.apiWriters": "writers through deprecated APIs",
    "part.components": "the components' gates",
    "part.anonymousProbe": "the probe without credentials",
    "part.kubelets": "kubelet configuration and metrics",
    "part.controlPlaneMetrics": "control-plane metrics",
    "why.unreachable": "unreachable",
    "why.forbidden": "forbidden",
    "why.timed-out": "timed out",
    "why.malformed": "malformed answer",
    "why.stale": "stale",
    "why.not-configured": "not configured",
    "why.not-yet-read": "not yet read",
    "why.partial": "only partly read",
    "why.not-exposed": "not exposed",
    "why.not-applicable": "not applicable",
  },
  zh: {
    "part-unknown": "无法读取{part}（{why}）。",
    "part-not-exposed": "此集群未提供{part}。",
    "nothing-needed": "除版本外无需其他条件。",
    "nothing-to-count": "此处没有可统计的对象。",
    "cluster-wide": "对整个集群生效，无需对象单独启用。",
    "nobody-could-use-it": "此处没有{unit}可以使用它。",
    "adopted-share": "{of} 个{unit}中有 {met} 个在使用。",
    "inferred-from-use": "无法读取，但有 {met} 个使用者可以证明。",
    "inferred-from-effect": "无法读取，但已观察到其效果。",
    "version-unknown": "无法读取版本。",
    "beyond-catalogue": "{minor} 比特性门控目录更新。",
    "in-version": "{minor} 具备此特性。",
    "not-in-version": "{minor} 不具备此特性，需要 {since} 或更新版本。",
    "gone-from-version": "{minor} 不再认识 {gate}；它已被撤回。",
    "gate-on": "{gate} 在所有相关组件上均已开启（{met}/{of}）。",
    "gate-on-in": "{gate} 在 {of} 处中的 {met} 处开启；关闭于：{off}。",
    "gate-on-where-read": "{gate} 在可读取之处均已开启（{met}/{of}）。",
    "gate-on-by-version": "{gate} 由版本锁定为开启（{met}/{of}）。",
    "gate-unread": "无法从任何组件读取 {gate}：{why}。",
    "gate-not-exposed": "服务商未暴露能说明 {gate} 的组件。",
    "api-served": "已提供 {api}。",
    "api-not-served": "未提供 {api}。",
    "no-effect-signal": "Kubernetes 没有任何信号说明其是否生效。",
    "nothing-adopted": "尚无人使用，因此没有可观察的效果。",
    listed: "",
    services: "Service",
    pods: "Pod",
    jobs: "Job 与 CronJob",
    volumes: "持久卷",
    "volume-claims": "持久卷声明",
    nodes: "节点",
    workloads: "工作负载",
    webhooks: "变更型 webhook 与策略",
    autoscalers: "自动扩缩器",
    "part.version": "版本",
    "part.apiResources": "所提供 API 的列表",
    "part.namespaces": "命名空间",
    "part.nodes": "节点",
    "part.pods": "Pod",
    "part.workloads": "工作负载",
    "part.jobs": "Job",
    "part.cronJobs": "CronJob",
    "part.services": "Service",
    "part.endpointSlices": "EndpointSlice",
    "part.volumeClaims": "持久卷声明",
    "part.volumes": "持久卷",
    "part.storageClasses": "存储类",
    "part.volumeAttributesClasses": "卷属性类",
    "part.csiDrivers": "CSI 驱动",
    "part.deviceClasses": "设备类",
    "part.resourceSlices": "资源切片",
    "part.resourceClaims": "资源申领",
    "part.resourceClaimTemplates": "申领模板",
    "part.serviceAccounts": "服务账号",
    "part.roles": "角色",
    "part.roleBindings": "角色绑定",
    "part.mutatingAdmissionPolicies": "变更型准入策略",
    "part.mutatingAdmissionPolicyBindings": "变更型准入策略绑定",
    "part.mutatingWebhooks": "变更型 webhook",
    "part.horizontalPodAutoscalers": "自动扩缩器",
    "part.podDisruptionBudgets": "中断预算",
    "part.apiServices": "聚合 API",
    "part.events": "事件",
    "part.deprecatedApiUse": "对已弃用 API 的请求",
    "part.apiWriters": "经由已弃用 API 的写入者",
    "part.components": "各组件的特性门控",
    "part.anonymousProbe": "无凭据探测",
    "part.kubelets": "kubelet 配置与指标",
    "part.controlPlaneMetrics": "控制平面指标",
    "why.unreachable": "无法连接",
    "why.forbidden": "无权限",
    "why.timed-out": "超时",
    "why.malformed": "响应格式错误",
    "why.stale": "数据过期",
    "why.not-configured": "未配置",
    "why.not-yet-read": "尚未读取",
    "why.partial": "仅部分读取",
    "why.not-exposed": "未暴露",
    "why.not-applicable": "不适用",
  },
};

export const VERDICT_WORDS: Readonly<Record<Verdict, Readonly<Record<Language, string>>>> = {
  "not-applicable": { en: "not applicable", zh: "不适用" },
  "not-available": { en: "not available", zh: "不可用" },
  off: { en: "off", zh: "关闭" },
  drift: { en: "drift", zh: "不一致" },
  blocked: { en: "blocked", zh: "受阻" },
  "ready-unused": { en: "ready, unused", zh: "就绪，未使用" },
  "in-use": { en: "in use", zh: "使用中" },
  effective: { en: "effective", zh: "已生效" },
  "always-on": { en: "always on", zh: "始终开启" },
  unknown: { en: "unknown", zh: "未知" },
  "not-exposed": { en: "not exposed", zh: "未暴露" },
};
export const STAGE_WORDS: Readonly<Record<StageName, Readonly<Record<Language, string>>>> = {
  available: { en: "available", zh: "可用" },
  enabled: { en: "enabled", zh: "已启用" },
  ready: { en: "ready", zh: "就绪" },
  adopted: { en: "adopted", zh: "已采用" },
  effective: { en: "effective", zh: "已生效" },
};
export const STAGE_STATE_WORDS: Readonly<Record<StageState, Readonly<Record<Language, string>>>> = {
  met: { en: "met", zh: "满足" },
  partly: { en: "partly", zh: "部分满足" },
  "not-met": { en: "not met", zh: "不满足" },
  inferred: { en: "inferred", zh: "推断" },
  unknown: { en: "unknown", zh: "未知" },
  "not-exposed": { en: "not exposed", zh: "未暴露" },
  "not-applicable": { en: "not applicable", zh: "不适用" },
};

/**
 * "{met} of {of}" with its places filled; `{count|node|nodes}` picks the word for a number, places whose name ends in
 * "bytes" say their unit, words of `unit`, `part` and `why` are translated. A place without a value stays visible.
 */
export function fillPlaces(template: string, params: Params, lang: Language): string {
  return template.replace(PLACE, (place, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (one !== undefined) return (Number(value) === 1 ? one : many) ?? one;
    if (value === undefined) return place;
    if (name === "unit") return fillPlaces(SHARED_SENTENCES[lang][String(value)] ?? String(value), params, lang);
    if (name === "part" || name === "why") return SHARED_SENTENCES[lang][`${name}.${value}`] ?? String(value);
    return typeof value === "number" && /bytes$/i.test(name) ? sayBytes(value) : String(value);
  });
}

const PLACE = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;
const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes in binary units, as memory and volumes are sold and requested: "3.7 GiB". */
export function sayBytes(bytes: number): string {
  let rest = bytes;
  let step = 0;
  while (rest >= 1024 && step < BINARY_UNITS.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${Number(rest.toFixed(rest < 10 && step > 0 ? 1 : 0))} ${BINARY_UNITS[step]}`;
}

/** The sentence of a key in one language; `null` when neither the check nor the shared words have it. */
export function sayCheck(
  check: Pick<FeatureCheck, "words">,
  key: string,
  params: Params,
  lang: Language,
): string | null {
  const template = check.words[lang].sentences[key] ?? SHARED_SENTENCES[lang][key];
  return template === undefined ? null : fillPlaces(template, params, lang);
}

/** "pods: forbidden", as readings are listed that are missing, in words. */
export function sayUnread(text: string, lang: Language): string {
  const [part = "", why = ""] = text.split(": ");
  const words = SHARED_SENTENCES[lang];
  return `${words[`part.${part}`] ?? part}: ${words[`why.${why}`] ?? why}`;
}
