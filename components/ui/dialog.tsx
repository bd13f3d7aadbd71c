"use client";
import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { useModal } from "./use-modal.ts";

export type DialogProps = {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  /** Buttons, the main one last. */
  readonly footer?: ReactNode;
  readonly size?: "sm" | "md" | "lg";
  readonly children: ReactNode;
};

const WIDTHS = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl" } as const;

/** Rendered while open: `{isOpen && <Dialog …>}`. */
export function Dialog({ title, description, onClose, footer, size = "md", children }: DialogProps) {
  const t = useMessages();
  const titleId = useId();
  const modal = useModal(onClose);
  return (
    <dialog
      {...modal}
      aria-labelledby={titleId}
      aria-modal="true"
      className={cn(
        "dialog-sheet fixed top-[12vh] mx-auto mb-auto w-[calc(100%-2rem)] overflow-hidden rounded-lg border bg-raised text-foreground shadow-float",
        WIDTHS[size],
      )}
    >
      <div className="flex max-h-[76vh] flex-col">
        <header className="flex items-start gap-4 px-5 pt-4 pb-3">
          <div className="grow">
            <h2 id={titleId} className="text-lg">
              {title}
            </h2>
            {description !== undefined && <p className="text-sm text-muted-foreground">{description}</p>}
          </div>
          <IconButton icon={X} label={t("ui.close")} size="sm" onClick={onClose} />
        </header>
        <div className="min-h-0 grow overflow-y-auto px-5 pb-5">{children}</div>
        {footer !== undefined && (
          <footer className="flex flex-wrap justify-end gap-2 border-t bg-sunken px-5 py-3">{footer}</footer>
        )}
      </div>
    </dialog>
  );
}
