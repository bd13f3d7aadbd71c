"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { isLocale, LOCALE_COOKIE } from "../i18n/locale.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { writeCookie } from "../i18n/write-cookie.ts";
import { textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";

const languageParam = textParam("lang");

/** `?lang=zh-CN` in a link that somebody shared: becomes the reader's language and leaves the address. */
export function useLanguageParam(): void {
  const { locale } = useReader();
  const router = useRouter();
  const [language, setLanguage] = useUrlState(languageParam);
  useEffect(() => {
    if (language === "") return;
    setLanguage("", "replace");
    if (!isLocale(language) || language === locale) return;
    writeCookie(LOCALE_COOKIE, language);
    router.refresh();
  }, [language, locale, router, setLanguage]);
}
