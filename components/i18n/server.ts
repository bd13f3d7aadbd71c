import { cookies, headers } from "next/headers";
import { messagesFor, type Translate } from "./catalogue.ts";
import { chooseLocale, LOCALE_COOKIE, type Locale } from "./locale.ts";
import { makeTranslate } from "./make-translate.ts";

/** For server components: the reader's language and words. */
export async function getTranslate(): Promise<{ readonly locale: Locale; readonly t: Translate }> {
  const locale = chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
  return { locale, t: makeTranslate(messagesFor(locale), locale) };
}
