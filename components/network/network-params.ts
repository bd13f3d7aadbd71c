import { choiceParam, flagParam } from "../url/url-param.ts";

export const DAY_CHOICES = ["7", "30", "90"] as const;
export const daysParam = choiceParam("days", DAY_CHOICES, "30");
export const unitParam = choiceParam("unit", ["money", "bytes"] as const, "money");
export const settingParam = choiceParam(
  "setting",
  ["PreferSameZone", "PreferSameNode", "none"] as const,
  "PreferSameZone",
);
export const spreadParam = flagParam("spread");
