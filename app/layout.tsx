import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { messagesFor } from "#components/i18n/catalogue.ts";
import { THEME_COOKIE, TIME_ZONE_COOKIE } from "#components/i18n/locale.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { toTheme } from "#components/layout/theme.ts";
import { Providers } from "./providers.tsx";
import "./globals.css";

export const metadata: Metadata = { title: { default: "Sluice", template: "%s · Sluice" } };
export const viewport: Viewport = { colorScheme: "light dark" };

/** A zone that a cookie names; anything that is not a zone reads as UTC. */
function toTimeZone(text: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text ?? "UTC" }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/** Theme, language and zone come from cookies: the first byte is already right, no script has to correct it. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const { locale } = await getTranslate();
  const jar = await cookies();
  const theme = toTheme(jar.get(THEME_COOKIE)?.value);
  return (
    <html lang={locale} {...(theme === "system" ? {} : { "data-theme": theme })}>
      <body>
        <Providers
          locale={locale}
          messages={messagesFor(locale)}
          timeZone={toTimeZone(jar.get(TIME_ZONE_COOKIE)?.value)}
          renderedAt={Date.now()}
        >
          {children}
        </Providers>
      </body>
    </html>
  );
}
