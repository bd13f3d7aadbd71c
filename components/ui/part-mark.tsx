"use client";
import { CircleDashed } from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import type { FigurePart } from "./figure.ts";

/** Beside a figure that does not stand on everything: "18 of 20 read; the rest is not in it". */
export function PartMark({ part }: { readonly part: FigurePart }) {
  const t = useMessages();
  const text = t("state.partial", { covered: part.covered, of: part.of });
  return (
    <span title={text} className="inline-flex text-status-attention">
      <CircleDashed aria-hidden size={12} className="shrink-0" />
      <span className="sr-only">{text}: </span>
    </span>
  );
}
