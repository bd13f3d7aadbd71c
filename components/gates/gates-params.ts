import { choiceParam, listParam, textParam } from "../url/url-param.ts";
import { ONLY_CHOICES } from "./gate-facts.ts";

export const searchParam = textParam("q");
export const onlyParam = choiceParam("only", ONLY_CHOICES, "all");
/** A minor; empty = none, and nothing is said of vanishing. */
export const targetParam = textParam("target");
export const componentParam = listParam("component");
/** The gate whose drawer is open, and the column that was clicked ("prod-us/kubelet:general:1.34.9"). */
export const gateParam = textParam("gate");
export const columnParam = textParam("column");
