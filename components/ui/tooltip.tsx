"use client";
import { type ReactNode, useId, useRef, useState } from "react";
import { useFloating } from "./use-floating.ts";

export type TooltipProps = {
  readonly text: ReactNode;
  readonly children: ReactNode;
  /** Makes a plain text focusable, so that the keyboard reaches the tooltip. Leave out around buttons and links. */
  readonly isFocusable?: boolean;
};

/** Extra words on hover and focus; Escape hides them. Never the only place of something needed. */
export function Tooltip({ text, children, isFocusable = false }: TooltipProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const anchorRef = useRef<HTMLSpanElement>(null);
  const panelRef = useRef<HTMLSpanElement>(null);
  useFloating(isOpen, anchorRef, panelRef, "center", "above");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the listeners only show words that describe what is inside
    <span
      ref={anchorRef}
      className="inline-flex min-w-0"
      aria-describedby={isOpen ? id : undefined}
      tabIndex={isFocusable ? 0 : undefined}
      onPointerEnter={(event) => event.pointerType === "mouse" && setOpen(true)}
      onPointerLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
      }}
    >
      {children}
      {isOpen && (
        <span
          ref={panelRef}
          id={id}
          role="tooltip"
          popover="manual"
          className="pointer-events-none z-50 max-w-72 rounded-md bg-inverse px-2 py-1 text-xs whitespace-normal text-inverse-foreground"
        >
          {text}
        </span>
      )}
    </span>
  );
}
