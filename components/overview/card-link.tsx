"use client";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMessages } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS } from "../layout/use-scope.ts";

/** From a card to its page, keeping clusters, teams and time range; `what` tells screen readers where it leads. */
export function CardLink({ href, what }: { readonly href: string; readonly what: string }) {
  const t = useMessages();
  const search = useSearchParams();
  return (
    <Link
      href={scopeHref(href, search, SCOPE_PARAMS)}
      prefetch={false}
      className="inline-flex items-center gap-1 rounded-sm text-xs font-medium text-accent hover:underline"
    >
      {t("overview.see-all")}
      <span className="sr-only">: {what}</span>
      <ArrowRight aria-hidden size={13} />
    </Link>
  );
}
