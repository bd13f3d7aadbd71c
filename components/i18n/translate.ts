import type { Locale } from "./locale.ts";

/** One message in every language. `{name}` inserts a value, `{count|cluster|clusters}` picks the word for a number. */
export type Message = { readonly en: string; readonly zh: string };
export type Words = Readonly<Record<string, Message>>;
export type MessageValue = string | number;

type ParameterNames<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? (Inner extends `${infer Name}|${string}` ? Name : Inner) | ParameterNames<Rest>
  : never;
/** The parameters that a message text asks for. */
export type Parameters<Text extends string> = { readonly [Name in ParameterNames<Text>]: MessageValue };
/** Arguments after the key: nothing when the text has no parameters. */
export type Arguments<Text extends string> = [ParameterNames<Text>] extends [never] ? [] : [Parameters<Text>];

const PLACEHOLDER = /\{([^{}]+)\}/g;
const pluralRules = new Map<Locale, Intl.PluralRules>();

function isOne(locale: Locale, count: number): boolean {
  let rules = pluralRules.get(locale);
  if (rules === undefined) {
    rules = new Intl.PluralRules(locale);
    pluralRules.set(locale, rules);
  }
  return rules.select(count) === "one";
}

/**
 * Fills a message. A number that is inserted is written in the language's digits; hand over text to control the format.
 * Errors: a parameter that is missing stays visible as `{name}`, so that a slip is seen and nothing breaks.
 */
export function fillMessage(text: string, values: Readonly<Record<string, MessageValue>>, locale: Locale): string {
  return text.replaceAll(PLACEHOLDER, (whole, inner: string) => {
    const [name = "", one, other] = inner.split("|");
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return typeof value === "number" ? value.toLocaleString(locale) : value;
    return (isOne(locale, Number(value)) ? one : other) ?? one;
  });
}
