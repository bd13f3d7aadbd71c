import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { THEME_COOKIE } from "#components/i18n/locale.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { toTheme } from "#components/layout/theme.ts";
import { LOGIN_ERRORS, LoginForm } from "#components/login/login-form.tsx";
import { LoginFrame } from "#components/login/login-frame.tsx";
import { safeNext } from "#server/contract/auth.ts";
import { viewerOrNull } from "#server/http/current-viewer.ts";
import { toSession } from "#server/query/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  return { title: t("login.title"), robots: { index: false } };
}

type Search = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** Whoever is in already goes on; where nobody signs in, everybody does. */
export default async function LoginPage({ searchParams }: { readonly searchParams: Search }) {
  const search = await searchParams;
  const text = (name: string) => (typeof search[name] === "string" ? search[name] : null);
  const next = safeNext(text("next"));
  const { methods, viewer } = toSession(await viewerOrNull(new Headers(await headers())));
  if (viewer !== null) redirect(next);
  const { t } = await getTranslate();
  const given = text("error");
  const error = given === null ? null : (LOGIN_ERRORS.find((known) => known === given) ?? "failed");
  const waitSeconds = Number(text("wait") ?? "60");
  return (
    <LoginFrame
      theme={toTheme((await cookies()).get(THEME_COOKIE)?.value)}
      title={t("login.title")}
      summary={t("login.summary")}
    >
      <LoginForm
        t={t}
        methods={methods}
        next={next}
        error={error}
        waitSeconds={Number.isFinite(waitSeconds) ? waitSeconds : 60}
        isSignedOut={text("out") !== null}
      />
    </LoginFrame>
  );
}
