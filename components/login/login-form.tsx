import { LogIn } from "lucide-react";
import type { SignInMethods } from "#server/contract/auth.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { cn } from "../ui/cn.ts";
import { Input } from "../ui/input.tsx";
import { LoginNote } from "./login-note.tsx";

export const LOGIN_ERRORS = [
  "wrong",
  "throttled",
  "issuer",
  "issuer-refused",
  "no-role",
  "disabled",
  "database",
  "failed",
] as const;
export type LoginError = (typeof LOGIN_ERRORS)[number];

export type LoginFormProps = {
  readonly t: Translate;
  readonly methods: SignInMethods;
  /** Where to go afterwards; a path of our own. */
  readonly next: string;
  readonly error: LoginError | null;
  readonly waitSeconds: number;
  readonly isSignedOut: boolean;
};

/** The ways to sign in that are on: the issuer first, where there is one, because most people come that way. */
export function LoginForm({ t, methods, next, error, waitSeconds, isSignedOut }: LoginFormProps) {
  const { isLocal, oidc } = methods;
  return (
    <div className="flex flex-col gap-5">
      {error !== null && (
        <LoginNote>
          {error === "throttled"
            ? t("login.error.throttled", { minutes: Math.max(1, Math.ceil(waitSeconds / 60)) })
            : t(`login.error.${error}`)}
        </LoginNote>
      )}
      {error === null && isSignedOut && <LoginNote isGood>{t("login.signed-out")}</LoginNote>}
      {oidc !== null && (
        <a
          href={`/api/auth/oidc?next=${encodeURIComponent(next)}`}
          className={cn(buttonStyle(isLocal ? "secondary" : "primary", "md"), "h-9 w-full")}
        >
          <LogIn aria-hidden size={15} />
          <span className="truncate">{oidc.label ?? t("login.oidc", { issuer: hostOf(oidc.issuer) })}</span>
        </a>
      )}
      {oidc !== null && isLocal && (
        <div className="flex items-center gap-3 text-xs text-muted-foreground">
          <span aria-hidden className="h-px grow bg-border" />
          {t("login.or")}
          <span aria-hidden className="h-px grow bg-border" />
        </div>
      )}
      {isLocal && (
        <form method="post" action="/api/auth/local" className="flex flex-col gap-4">
          <input type="hidden" name="next" value={next} />
          <Input
            label={t("login.name")}
            name="name"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={200}
          />
          <Input
            label={t("login.password")}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={256}
          />
          <button type="submit" className={cn(buttonStyle("primary", "md"), "h-9 w-full")}>
            {t("login.submit")}
          </button>
        </form>
      )}
      {!isLocal && oidc === null && <p className="text-sm text-muted-foreground">{t("login.proxy-only")}</p>}
    </div>
  );
}

function hostOf(issuer: string): string {
  return URL.parse(issuer)?.host ?? issuer;
}
