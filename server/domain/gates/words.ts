import type { GateState } from "./gate-types.ts";

/** The words of the gate states; pages show these, the API the codes. */
export const GATE_STATE_WORDS: Readonly<Record<GateState, { readonly en: string; readonly zh: string }>> = {
  on: { en: "on", zh: "开启" },
  off: { en: "off", zh: "关闭" },
  "removed-always-on": { en: "removed (always on)", zh: "已移除（始终开启）" },
  "removed-gone": { en: "removed (gone)", zh: "已移除（不复存在）" },
  "not-known": { en: "not known by this version", zh: "此版本不认识" },
  "not-exposed": { en: "not exposed", zh: "未暴露" },
  unknown: { en: "unknown", zh: "未知" },
};
