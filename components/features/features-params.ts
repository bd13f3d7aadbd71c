import { VERDICTS, type Verdict } from "../ui/verdict-badge.tsx";
import { flagParam, textParam, type UrlParam } from "../url/url-param.ts";

export const searchParam = textParam("q");
export const othersParam = flagParam("others");
export const verdictParam: UrlParam<readonly Verdict[]> = {
  name: "verdict",
  parse: (texts) => VERDICTS.filter((verdict) => texts.includes(verdict)),
  write: (verdicts) => verdicts,
};

export type OpenCell = { readonly feature: string; readonly cluster: string };
/** The cell whose drawer is open: `?cell=node-swap@prod-eu`. */
export const cellParam: UrlParam<OpenCell | null> = {
  name: "cell",
  parse: ([text = ""]) => {
    const at = text.lastIndexOf("@");
    return at < 1 || at === text.length - 1 ? null : { feature: text.slice(0, at), cluster: text.slice(at + 1) };
  },
  write: (cell) => (cell === null ? [] : [`${cell.feature}@${cell.cluster}`]),
};
