"use client";
import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { useModal } from "./use-modal.ts";

export type DrawerProps = {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  readonly side?: "left" | "right";
  readonly size?: "sm" | "md" | "lg";
  /** Hides the title row (it stays for screen readers) when the content brings its own. */
  readonly isBare?: boolean;
  readonly children: ReactNode;
};

const WIDTHS = { sm: "w-64", md: "w-[27rem]", lg: "w-[44rem]" } as const;

/** A sheet along one edge. Rendered while open: `{isOpen && <Drawer …>}`. */
export function Drawer({
  title,
  description,
  onClose,
  side = "right",
  size = "md",
  isBare = false,
  children,
}: DrawerProps) {
  const t = useMessages();
  const titleId = useId();
  const modal = useModal(onClose);
  return (
    <dialog
      {...modal}
      aria-labelledby={titleId}
      aria-modal="true"
      data-side={side}
      className={cn(
        "dialog-sheet fixed inset-y-0 m-0 h-dvh max-h-none max-w-[calc(100vw-2rem)] bg-raised text-foreground shadow-float",
        side === "right" ? "right-0 left-auto border-l" : "right-auto left-0 border-r",
        WIDTHS[size],
      )}
    >
      <div className="flex h-full flex-col">
        <header className={cn("flex items-start gap-4 px-5 pt-4 pb-3", isBare && "sr-only")}>
          <div className="min-w-0 grow">
            <h2 id={titleId} className="text-lg">
              {title}
            </h2>
            {description !== undefined && <p className="text-xs text-muted-foreground">{description}</p>}
          </div>
          <IconButton icon={X} label={t("ui.close")} size="sm" onClick={onClose} />
        </header>
        <div className={cn("min-h-0 grow overflow-y-auto", !isBare && "px-5 pb-6")}>{children}</div>
      </div>
    </dialog>
  );
}
