import { UpgradeItem } from "#server/contract/upgrade.ts";
import { choiceParam, textParam } from "../url/url-param.ts";

/** A minor; empty = each cluster's next one. */
export const targetParam = textParam("target");
/** The cluster whose plan is shown. */
export const showParam = textParam("show");
export const KINDS = UpgradeItem.shape.kind.options;
export type Kind = (typeof KINDS)[number];
export const kindParam = choiceParam("kind", ["all", ...KINDS], "all");
export const GATE_CHANGES = [
  "flips-on",
  "flips-off",
  "locks-on",
  "locks-off",
  "appears",
  "vanishes-always-on",
  "vanishes-gone",
] as const;
export type GateChangeName = (typeof GATE_CHANGES)[number];
export const changeParam = choiceParam("change", ["all", "set", ...GATE_CHANGES], "all");
