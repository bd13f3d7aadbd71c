"use client";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";

export type TextLinkProps = { readonly href: string; readonly children: ReactNode; readonly isExternal?: boolean };

/** A link in running text; an external one says so and keeps the opener away. */
export function TextLink({ href, children, isExternal = false }: TextLinkProps) {
  const t = useMessages();
  const style = "text-accent underline decoration-current/35 underline-offset-2 hover:decoration-current";
  if (!isExternal) {
    return (
      <Link href={href} className={style}>
        {children}
      </Link>
    );
  }
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" className={style}>
      {children}
      <ArrowUpRight aria-hidden size={12} className="ml-0.5 inline align-baseline" />
      <span className="sr-only"> ({t("ui.opens-new-tab")})</span>
    </a>
  );
}
