import type { Locale } from "./locale.ts";
import type { Arguments } from "./translate.ts";
import { accessWords } from "./words/access.ts";
import { actionsWords } from "./words/actions.ts";
import { alertsWords } from "./words/alerts.ts";
import { clustersWords } from "./words/clusters.ts";
import { costWords } from "./words/cost.ts";
import { featuresWords } from "./words/features.ts";
import { gatesWords } from "./words/gates.ts";
import { gpuWords } from "./words/gpu.ts";
import { loginWords } from "./words/login.ts";
import { networkWords } from "./words/network.ts";
import { overviewWords } from "./words/overview.ts";
import { pressureWords } from "./words/pressure.ts";
import { pressurePlaceWords } from "./words/pressure-places.ts";
import { pressureSwapWords } from "./words/pressure-swap.ts";
import { settingsWords } from "./words/settings.ts";
import { shellWords } from "./words/shell.ts";
import { stateWords } from "./words/states.ts";
import { statusWords } from "./words/status.ts";
import { uiWords } from "./words/ui.ts";
import { upgradeWords } from "./words/upgrade.ts";

/** Every word of the pages. Add an area by adding its file and one line here; keys start with the area's name. */
export const CATALOGUE = {
  ...shellWords,
  ...loginWords,
  ...uiWords,
  ...stateWords,
  ...overviewWords,
  ...featuresWords,
  ...gatesWords,
  ...upgradeWords,
  ...pressureWords,
  ...pressurePlaceWords,
  ...pressureSwapWords,
  ...alertsWords,
  ...gpuWords,
  ...networkWords,
  ...costWords,
  ...actionsWords,
  ...clustersWords,
  ...settingsWords,
  ...accessWords,
  ...statusWords,
} as const;

export type Catalogue = typeof CATALOGUE;
export type MessageKey = keyof Catalogue;
export type Messages = Readonly<Record<MessageKey, string>>;
export type Translate = <Key extends MessageKey>(key: Key, ...values: Arguments<Catalogue[Key]["en"]>) => string;

/** The catalogue in one language: only this one travels to the browser. */
export function messagesFor(locale: Locale): Messages {
  const language = locale === "zh-CN" ? "zh" : "en";
  return Object.fromEntries(Object.entries(CATALOGUE).map(([key, message]) => [key, message[language]])) as Messages;
}
