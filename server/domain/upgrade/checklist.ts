import { findCheck } from "../features/checks/index.ts";
import { fillPlaces, sayBytes } from "../features/shared-words.ts";
import type { Language } from "../features/types.ts";
import type { UpgradeItem, UpgradePlan } from "./upgrade-types.ts";
import { sayUpgrade, UPGRADE_VERDICT_WORDS } from "./words.ts";

const HEADINGS = {
  en: {
    title: "Upgrade",
    verdict: "Verdict",
    coverage: "Coverage",
    blocker: "Blockers",
    unknown: "Unknown",
    review: "To review",
    info: "Good to know",
    steps: "Steps",
    back: "What cannot be rolled back",
    effort: "Effort",
    support: "Support",
    gates: "Gates that change on the way and are set explicitly",
    otherGates: "{count} other {count|gate|gates} change by {count|itself|themselves}.",
    possible: "What becomes possible",
  },
  zh: {
    title: "升级",
    verdict: "结论",
    coverage: "覆盖",
    blocker: "阻碍",
    unknown: "未知",
    review: "需复核",
    info: "须知",
    steps: "步骤",
    back: "无法回滚的事项",
    effort: "工作量",
    support: "支持期",
    gates: "途中会变化且被显式设置的特性门控",
    otherGates: "另有 {count} 个特性门控会自行变化。",
    possible: "可带来的新能力",
  },
} as const;

/** The plan as a checklist to work through, in Markdown. Text from the cluster is escaped, so names cannot form markup. */
export function toChecklistMarkdown(plan: UpgradePlan, lang: Language): string {
  const words = HEADINGS[lang];
  const lines = [`# ${words.title}: ${escapeMarkdown(plan.cluster)} ${plan.from ?? "?"} → ${plan.target}`, ""];
  lines.push(
    `${words.verdict}: **${UPGRADE_VERDICT_WORDS[plan.verdict][lang]}** · ${words.coverage}: ${plan.coverage.read}/${plan.coverage.of}`,
    "",
  );
  const { now, target } = plan.support;
  lines.push(
    `${words.support}: ${[now, target].map(({ minor, endsOn, by }) => `${minor} → ${endsOn ?? "?"} (${by})`).join(" · ")}`,
    "",
  );
  for (const severity of ["blocker", "unknown", "review", "info"] as const) {
    const own = plan.items.filter((item) => item.severity === severity);
    if (own.length === 0) continue;
    lines.push(`## ${words[severity]}`, "");
    for (const item of own) {
      lines.push(
        `- [ ] **${item.atMinor}** ${escapeMarkdown(sentence(item, lang))} ${escapeMarkdown(fix(item, lang))}`,
      );
      for (const proof of item.evidence.slice(0, 5))
        lines.push(`  - ${escapeMarkdown(`${proof.subject}: ${proof.observed}`)}`);
      if (item.evidenceTotal > 5) lines.push(`  - … ${item.evidenceTotal - 5}`);
    }
    lines.push("");
  }
  lines.push(`## ${words.steps}`, "");
  for (const step of plan.steps) {
    lines.push(
      `### ${step.minor}${step.support.endsOn === null ? "" : ` (${step.support.by}: ${step.support.endsOn})`}`,
      "",
    );
    for (const action of step.actions) lines.push(`- [ ] ${sayUpgrade(action.key, action.params, lang) ?? action.key}`);
    lines.push("");
  }
  const set = plan.gates.filter((gate) => gate.setBy.length > 0);
  const others = new Set(plan.gates.filter((gate) => gate.setBy.length === 0).map((gate) => gate.gate)).size;
  lines.push(`## ${words.gates}`, "");
  for (const { gate, atMinor, change, setBy } of set)
    lines.push(`- [ ] **${atMinor}** ${gate}: ${change} (${escapeMarkdown(setBy.join("; "))})`);
  lines.push(...(set.length > 0 ? [""] : []), fillPlaces(words.otherGates, { count: others }, lang), "");
  if (plan.possible.length > 0) {
    lines.push(`## ${words.possible}`, "");
    for (const { feature, gate, atMinor, change, value } of plan.possible) {
      const title = findCheck(feature)?.words[lang].title ?? feature;
      const figure = value === null ? "" : `, ${sayQuantity(value.quantity, value.unit)}`;
      lines.push(`- **${atMinor}** ${title} (${gate}: ${change})${figure}`);
    }
    lines.push("");
  }
  lines.push(`## ${words.back}`, "", ...plan.cannotRollBack.map((key) => `- ${sayUpgrade(key, {}, lang) ?? key}`), "");
  lines.push(`## ${words.effort}: ${plan.effort.points}`, "");
  for (const part of plan.effort.parts)
    lines.push(`- ${sayUpgrade(part.key, {}, lang) ?? part.key}: ${part.count} × ${part.pointsEach} = ${part.points}`);
  return `${lines.join("\n")}\n`;
}

function sayQuantity(quantity: number, unit: string): string {
  return unit.endsWith("bytes") ? sayBytes(quantity) : `${Math.round(quantity)} ${unit}`;
}

/** One row per item and step, for a spreadsheet: quoted throughout, and no cell can start a formula. */
export function toChecklistCsv(plan: UpgradePlan, lang: Language): string {
  const header = ["cluster", "from", "target", "minor", "severity", "kind", "item", "count", "text", "fix", "evidence"];
  const rows = plan.items.map((item) => [
    plan.cluster,
    plan.from ?? "",
    plan.target,
    item.atMinor,
    item.severity,
    item.kind,
    item.id,
    String(item.count),
    sentence(item, lang),
    fix(item, lang),
    item.evidence.map((proof) => `${proof.subject}: ${proof.observed}`).join(" | "),
  ]);
  const steps = plan.steps.flatMap((step) =>
    step.actions.map((action) => [
      plan.cluster,
      plan.from ?? "",
      plan.target,
      step.minor,
      "step",
      "step",
      action.key,
      "1",
      sayUpgrade(action.key, action.params, lang) ?? action.key,
      "",
      "",
    ]),
  );
  return `${[header, ...rows, ...steps].map((row) => row.map(toCsvCell).join(",")).join("\r\n")}\r\n`;
}

function sentence(item: UpgradeItem, lang: Language): string {
  return sayUpgrade(item.key, item.params, lang) ?? item.key;
}
function fix(item: UpgradeItem, lang: Language): string {
  return sayUpgrade(`${item.key}.fix`, item.params, lang) ?? "";
}
function toCsvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, "\\$&").replace(/\s+/g, " ");
}
