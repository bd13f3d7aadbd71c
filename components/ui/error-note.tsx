"use client";
import { LogIn, RotateCw, TriangleAlert } from "lucide-react";
import { ApiError, type ApiErrorCode } from "../data/api-error.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";

export type ErrorNoteProps = {
  readonly error: unknown;
  /** Older data stay visible below this note. */
  readonly isStale?: boolean;
  readonly onRetry?: () => void;
};

/** Codes with words of their own; what is left is a matter for whoever runs Sluice. */
const TITLED = [
  "not-found",
  "invalid-input",
  "cluster-unreachable",
  "source-unavailable",
  "unauthenticated",
  "forbidden",
  "conflict",
  "too-large",
  "too-many-requests",
  "timed-out",
  "database-unavailable",
  "not-ready",
  "network",
  "contract",
] as const satisfies readonly ApiErrorCode[];

/** What failed, what to try, and the id to quote. Codes without own words read as "internal". */
export function ErrorNote({ error, isStale = false, onRetry }: ErrorNoteProps) {
  const t = useMessages();
  const failure = error instanceof ApiError ? error : null;
  const code = TITLED.find((known) => known === failure?.code) ?? "internal";
  const title = t(`error.title.${code}`);
  const detail = failure?.detail ?? null;
  return (
    <div
      role="alert"
      className={cn(
        "flex items-start gap-2.5 rounded-md border px-3 py-2.5 text-sm tone-line tone-wash",
        isStale ? "text-status-attention" : "text-status-blocked",
      )}
    >
      <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="flex min-w-0 grow flex-col gap-0.5">
        <p className="font-medium">{title}</p>
        {detail !== null && detail.replace(/\.$/, "") !== title && (
          <p className="break-words text-foreground">{detail}</p>
        )}
        <p className="text-muted-foreground">
          {t(`error.next.${code}`)} {isStale && t("error.stale")}
        </p>
        {failure?.requestId !== undefined && failure.requestId !== null && (
          <p className="flex items-center gap-1 text-xs text-muted-foreground">
            <span className="font-mono">{t("error.request-id", { id: failure.requestId })}</span>
            <CopyButton text={failure.requestId} size="sm" />
          </p>
        )}
      </div>
      {code === "unauthenticated" && (
        <Button size="sm" variant="primary" onClick={goToSignIn}>
          <LogIn aria-hidden size={13} />
          {t("error.sign-in")}
        </Button>
      )}
      {onRetry !== undefined && code !== "unauthenticated" && (
        <Button size="sm" onClick={onRetry}>
          <RotateCw aria-hidden size={13} />
          {t("ui.retry")}
        </Button>
      )}
    </div>
  );
}

/** And back to this very view afterwards. */
function goToSignIn(): void {
  const { pathname, search, hash } = window.location;
  window.location.assign(`/login?next=${encodeURIComponent(`${pathname}${search}${hash}`)}`);
}
