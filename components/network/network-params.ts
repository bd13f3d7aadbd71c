import { choiceParam, flagParam } from "../url/url-param.ts";

export const unitParam = choiceParam("unit", ["money", "bytes"] as const, "money");
export const settingParam = choiceParam(
  "setting",
  ["PreferSameZone", "PreferSameNode", "none"] as const,
  "PreferSameZone",
);
export const spreadParam = flagParam("spread");
