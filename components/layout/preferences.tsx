"use client";
import { Monitor, Moon, Settings2, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { LOCALE_COOKIE, type Locale, THEME_COOKIE } from "../i18n/locale.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { writeCookie } from "../i18n/write-cookie.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Popover } from "../ui/popover.tsx";
import { Segmented } from "../ui/segmented.tsx";
import type { Theme } from "./theme.ts";

export type PreferencesProps = { readonly theme: Theme };

/** Theme and language: remembered in a cookie, so the next page arrives right. */
export function Preferences({ theme: initialTheme }: PreferencesProps) {
  const { t, locale } = useReader();
  const router = useRouter();
  const [theme, setTheme] = useState(initialTheme);
  return (
    <Popover
      label={t("shell.preferences")}
      align="end"
      trigger={(props) => <IconButton {...props} icon={Settings2} label={t("shell.preferences")} size="sm" />}
    >
      <div className="flex flex-col gap-3">
        <div className="flex items-center justify-between gap-6">
          <span aria-hidden className="text-xs text-muted-foreground">
            {t("shell.theme")}
          </span>
          <Segmented<Theme>
            label={t("shell.theme")}
            value={theme}
            options={[
              { value: "system", label: t("shell.theme.system"), icon: Monitor },
              { value: "light", label: t("shell.theme.light"), icon: Sun },
              { value: "dark", label: t("shell.theme.dark"), icon: Moon },
            ]}
            onChange={(next) => {
              setTheme(next);
              writeCookie(THEME_COOKIE, next);
              if (next === "system") delete document.documentElement.dataset.theme;
              else document.documentElement.dataset.theme = next;
            }}
          />
        </div>
        <div className="flex items-center justify-between gap-6">
          <span aria-hidden className="text-xs text-muted-foreground">
            {t("shell.language")}
          </span>
          <Segmented<Locale>
            label={t("shell.language")}
            value={locale}
            options={[
              { value: "en", label: "English" },
              { value: "zh-CN", label: "简体中文" },
            ]}
            onChange={(next) => {
              writeCookie(LOCALE_COOKIE, next);
              router.refresh();
            }}
          />
        </div>
      </div>
    </Popover>
  );
}
