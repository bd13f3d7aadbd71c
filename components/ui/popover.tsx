"use client";
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { cn } from "./cn.ts";
import type { Alignment } from "./place.ts";
import { useFloating } from "./use-floating.ts";

/** Spread on the button that opens the panel. */
export type PopoverTriggerProps = {
  readonly ref: RefObject<HTMLButtonElement | null>;
  readonly onClick: () => void;
  readonly "aria-haspopup": "dialog";
  readonly "aria-expanded": boolean;
  readonly "aria-controls": string | undefined;
};
export type PopoverProps = {
  /** The name of the panel for screen readers. */
  readonly label: string;
  readonly trigger: (props: PopoverTriggerProps, isOpen: boolean) => ReactNode;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
  readonly align?: Alignment;
  readonly padding?: "none" | "normal";
};

/** A panel at its button. Escape and a press elsewhere close it; focus enters at `data-autofocus` and comes back. */
export function Popover({ label, trigger, children, align = "start", padding = "normal" }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const anchorRef = useRef<HTMLButtonElement>(null);
  const panelRef = useRef<HTMLDivElement>(null);
  useFloating(isOpen, anchorRef, panelRef, align);

  const close = () => {
    setOpen(false);
    anchorRef.current?.focus();
  };
  useEffect(() => {
    const panel = panelRef.current;
    if (!isOpen || panel === null) return;
    (panel.querySelector<HTMLElement>("[data-autofocus]") ?? panel).focus();
    const leave = (event: Event) => {
      if (!(event.target instanceof Node)) return;
      if (panel.contains(event.target) || anchorRef.current?.contains(event.target) === true) return;
      setOpen(false);
    };
    document.addEventListener("pointerdown", leave, true);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave, true);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);

  const props: PopoverTriggerProps = {
    ref: anchorRef,
    onClick: () => setOpen((was) => !was),
    "aria-haspopup": "dialog",
    "aria-expanded": isOpen,
    "aria-controls": isOpen ? id : undefined,
  };
  return (
    <>
      {trigger(props, isOpen)}
      {isOpen && (
        <div
          ref={panelRef}
          id={id}
          popover="manual"
          role="dialog"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
          className={cn(
            "z-50 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border bg-raised text-sm text-foreground shadow-float outline-none",
            padding === "normal" && "p-3",
          )}
        >
          {typeof children === "function" ? children(close) : children}
        </div>
      )}
    </>
  );
}
