import type { Words } from "../translate.ts";

/** The closed lists of the fact model: value states, reasons, verdicts, gate states, funnel stages. */
export const stateWords = {
  "state.unknown": { en: "Unknown", zh: "未知" },
  "state.not-applicable": { en: "Not applicable", zh: "不适用" },
  "state.not-exposed": { en: "Not exposed", zh: "未暴露" },
  "state.zero": { en: "Zero, measured", zh: "零（实测）" },
  "state.partial": {
    en: "Stands on {covered} of {of}; the rest could not be read",
    zh: "基于 {of} 项中的 {covered} 项，其余无法读取",
  },
  "state.below": { en: "below {limit}", zh: "低于 {limit}" },
  "state.not-exposed-why": {
    en: "The source answered, but does not publish this.",
    zh: "数据源有响应，但不公开此项。",
  },
  "state.not-applicable-why": { en: "The question does not arise here.", zh: "此处不存在该问题。" },
  "state.below-why": {
    en: "Outside the top results of its query: smaller than the limit, not zero.",
    zh: "不在查询返回的前列：小于该限值，但不等于零。",
  },

  "reason.unreachable": { en: "unreachable", zh: "无法连接" },
  "reason.forbidden": { en: "forbidden", zh: "无权限" },
  "reason.timed-out": { en: "timed out", zh: "超时" },
  "reason.malformed": { en: "malformed answer", zh: "响应格式错误" },
  "reason.stale": { en: "stale", zh: "数据过期" },
  "reason.not-configured": { en: "not configured", zh: "未配置" },
  "reason.not-yet-read": { en: "not yet read", zh: "尚未读取" },
  "reason.partial": { en: "only partly read", zh: "仅部分读取" },

  "verdict.not-applicable": { en: "Not applicable", zh: "不适用" },
  "verdict.not-available": { en: "Not available", zh: "不可用" },
  "verdict.off": { en: "Off", zh: "已关闭" },
  "verdict.drift": { en: "Drift", zh: "不一致" },
  "verdict.blocked": { en: "Blocked", zh: "受阻" },
  "verdict.ready-unused": { en: "Ready, unused", zh: "就绪，未使用" },
  "verdict.in-use": { en: "In use", zh: "使用中" },
  "verdict.effective": { en: "Effective", zh: "已生效" },
  "verdict.always-on": { en: "Always on", zh: "始终开启" },
  "verdict.unknown": { en: "Unknown", zh: "未知" },
  "verdict.not-exposed": { en: "Not exposed", zh: "未暴露" },

  "gate.on": { en: "On", zh: "开" },
  "gate.off": { en: "Off", zh: "关" },
  "gate.removed-always-on": { en: "Removed, always on", zh: "已移除，始终开启" },
  "gate.removed-gone": { en: "Removed, gone", zh: "已移除，不复存在" },
  "gate.not-known": { en: "Not known by this version", zh: "此版本不识别" },
  "gate.not-exposed": { en: "Not exposed", zh: "未暴露" },
  "gate.unknown": { en: "Unknown", zh: "未知" },
  "gate.default": { en: "default", zh: "默认值" },
  "gate.locked": { en: "locked", zh: "已锁定" },
  "gate.set": { en: "set explicitly", zh: "显式设置" },
  "gate.inferred": { en: "inferred from the value", zh: "由取值推断" },

  "stage.available": { en: "Available", zh: "可用" },
  "stage.enabled": { en: "Enabled", zh: "已启用" },
  "stage.ready": { en: "Ready", zh: "就绪" },
  "stage.adopted": { en: "Adopted", zh: "已采用" },
  "stage.effective": { en: "Effective", zh: "已生效" },

  "funnel.met": { en: "Met", zh: "满足" },
  "funnel.partly": { en: "Partly met", zh: "部分满足" },
  "funnel.not-met": { en: "Not met", zh: "未满足" },
  "funnel.of": { en: "{met} of {of}", zh: "{met} / {of}" },
  "funnel.inferred": { en: "Inferred", zh: "推断" },
  "funnel.not-reached": { en: "Not reached", zh: "未到达" },
} as const satisfies Words;
