"use client";
import { Check, Copy, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { IconButton } from "./icon-button.tsx";

export type CopyButtonProps = { readonly text: string; readonly size?: "sm" | "md" };

const SHOWN_MILLISECONDS = 1_800;

export function CopyButton({ text, size = "md" }: CopyButtonProps) {
  const t = useMessages();
  const [outcome, setOutcome] = useState<"none" | "copied" | "failed">("none");
  useEffect(() => {
    if (outcome === "none") return;
    const timer = setTimeout(() => setOutcome("none"), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("failed"); // refused, or a page served over plain HTTP
    }
  };
  const label = outcome === "copied" ? t("ui.copied") : outcome === "failed" ? t("ui.copy-failed") : t("ui.copy");
  const icon = outcome === "copied" ? Check : outcome === "failed" ? TriangleAlert : Copy;
  return (
    <span className="inline-flex">
      <IconButton icon={icon} label={label} size={size} onClick={() => void copy()} />
      <span role="status" className="sr-only">
        {outcome === "none" ? "" : label}
      </span>
    </span>
  );
}
