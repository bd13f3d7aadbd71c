import type { Translate } from "../i18n/catalogue.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { cn } from "../ui/cn.ts";
import { Input } from "../ui/input.tsx";
import { LoginNote } from "./login-note.tsx";

export const LINK_PROBLEMS = ["too-short", "too-long", "like-the-name", "differ"] as const;
export type LinkProblem = (typeof LINK_PROBLEMS)[number];

export type LinkFormProps = {
  readonly t: Translate;
  readonly name: string;
  readonly token: string;
  readonly problem: LinkProblem | null;
};

/** A new password for the person of a link. */
export function LinkForm({ t, name, token, problem }: LinkFormProps) {
  return (
    <form method="post" action="/api/auth/link" className="flex flex-col gap-4">
      <p className="text-sm text-muted-foreground">{t("login.link.for", { name })}</p>
      {problem !== null && <LoginNote>{t(`login.link.${problem}`)}</LoginNote>}
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="username" autoComplete="username" value={name} />
      <Input
        label={t("login.password")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={256}
        hint={t("login.link.rule")}
      />
      <Input
        label={t("login.link.again")}
        name="again"
        type="password"
        autoComplete="new-password"
        required
        maxLength={256}
      />
      <button type="submit" className={cn(buttonStyle("primary", "md"), "h-9 w-full")}>
        {t("login.link.submit")}
      </button>
    </form>
  );
}
