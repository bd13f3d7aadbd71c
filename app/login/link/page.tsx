import type { Metadata } from "next";
import { cookies } from "next/headers";
import { THEME_COOKIE } from "#components/i18n/locale.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { toTheme } from "#components/layout/theme.ts";
import { LINK_PROBLEMS, LinkForm } from "#components/login/link-form.tsx";
import { LoginFrame } from "#components/login/login-frame.tsx";
import { LoginNote } from "#components/login/login-note.tsx";
import { getLinkedUser } from "#server/query/linked-user.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  // The address holds the link's secret. Our headers send it to no other site; "no-referrer" would also take the Origin from the form.
  return { title: t("login.link.title"), robots: { index: false } };
}

type Search = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** Where a one-time link leads: the first password, or a new one. */
export default async function LinkPage({ searchParams }: { readonly searchParams: Search }) {
  const search = await searchParams;
  const token = typeof search.token === "string" ? search.token : "";
  const [{ t }, user] = await Promise.all([getTranslate(), getLinkedUser(token)]);
  const problem = LINK_PROBLEMS.find((known) => known === search.error) ?? null;
  return (
    <LoginFrame
      theme={toTheme((await cookies()).get(THEME_COOKIE)?.value)}
      title={t("login.link.title")}
      summary={t("login.summary")}
    >
      {user === null ? (
        <LoginNote>{t("login.link.gone")}</LoginNote>
      ) : (
        <LinkForm t={t} name={user.name} token={token} problem={problem} />
      )}
    </LoginFrame>
  );
}
