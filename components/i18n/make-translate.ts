import type { Messages, Translate } from "./catalogue.ts";
import type { Locale } from "./locale.ts";
import { fillMessage } from "./translate.ts";

/** Binds a catalogue to a language. `catalogue.ts` is imported as a type only, so the words stay on the server. */
export function makeTranslate(messages: Messages, locale: Locale): Translate {
  return (key, ...values) => fillMessage(messages[key], values[0] ?? {}, locale);
}
