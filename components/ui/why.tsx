"use client";
import { Info } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import type { Provenance } from "./provenance.ts";

const WhyDrawer = lazy(() => import("./why-drawer.tsx").then((module) => ({ default: module.WhyDrawer })));

export type WhyProps = {
  readonly provenance: Provenance;
  /** The figure. Without it only the small "why?" mark is drawn. */
  readonly children?: ReactNode;
};

/** Wraps a figure: one click opens its source, time, coverage and price. The drawer's code loads on the first click. */
export function Why({ provenance, children }: WhyProps) {
  const t = useMessages();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        title={t("why.short")}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(true);
        }}
        className="group/why inline-flex items-center gap-1 rounded-sm text-left decoration-border-control decoration-dotted decoration-1 underline-offset-4 hover:underline"
      >
        {children}
        <Info
          aria-hidden
          size={13}
          className="shrink-0 text-subtle-foreground opacity-60 transition-opacity group-hover/why:opacity-100 group-focus-visible/why:opacity-100"
        />{" "}
        <span className="sr-only">{t("why.open", { label: provenance.label })}</span>
      </button>
      {isOpen && (
        <Suspense>
          <WhyDrawer provenance={provenance} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
