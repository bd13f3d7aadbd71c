"use client";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useMessages } from "../i18n/reader-provider.tsx";

export type Crumb = { readonly label: string; readonly href?: string };
export type BreadcrumbProps = { readonly crumbs: readonly Crumb[] };

/** The way to this page; the last crumb is the page itself. */
export function Breadcrumb({ crumbs }: BreadcrumbProps) {
  const t = useMessages();
  return (
    <nav aria-label={t("ui.breadcrumb")}>
      <ol className="flex flex-wrap items-center gap-1 text-xs text-muted-foreground">
        {crumbs.map((crumb, index) => (
          <li key={`${crumb.label} ${crumb.href ?? ""}`} className="flex min-w-0 items-center gap-1">
            {index > 0 && <ChevronRight aria-hidden size={12} className="shrink-0 text-subtle-foreground" />}
            {crumb.href === undefined ? (
              <span aria-current={index === crumbs.length - 1 ? "page" : undefined} className="break-all">
                {crumb.label}
              </span>
            ) : (
              <Link href={crumb.href} className="break-all hover:text-foreground hover:underline">
                {crumb.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
