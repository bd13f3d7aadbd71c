import { getTranslate } from "#components/i18n/server.ts";
import { Logo } from "#components/layout/logo.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";

/** An address that leads nowhere. */
export default async function NotFound() {
  const { t } = await getTranslate();
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col items-center justify-center gap-4 px-6 text-center">
      <Logo />
      <h1 className="text-xl">{t("error.title.not-found")}</h1>
      <p className="text-muted-foreground">{t("error.next.not-found")}</p>
      <LinkButton href="/" variant="primary">
        {t("overview.title")}
      </LinkButton>
    </main>
  );
}
