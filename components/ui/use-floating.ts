import { type RefObject, useLayoutEffect } from "react";
import { type Alignment, place } from "./place.ts";

/** Puts an open panel into the browser's top layer (nothing clips it) and keeps it at its anchor. */
export function useFloating(
  isOpen: boolean,
  anchorRef: RefObject<HTMLElement | null>,
  panelRef: RefObject<HTMLElement | null>,
  align: Alignment,
  side: "below" | "above" = "below",
): void {
  useLayoutEffect(() => {
    const anchor = anchorRef.current;
    const panel = panelRef.current;
    if (!isOpen || anchor === null || panel === null) return;
    if (typeof panel.showPopover === "function") panel.showPopover();
    else panel.removeAttribute("popover"); // no top layer here: shown in place instead of hidden
    const update = () => {
      const viewport = { width: document.documentElement.clientWidth, height: window.innerHeight };
      const size = { width: panel.offsetWidth, height: panel.scrollHeight };
      const { left, top, maxHeight } = place(anchor.getBoundingClientRect(), size, viewport, align, side);
      Object.assign(panel.style, {
        position: "fixed",
        left: `${left}px`,
        top: `${top}px`,
        maxHeight: `${maxHeight}px`,
      });
    };
    update();
    const observer = typeof ResizeObserver === "function" ? new ResizeObserver(update) : null;
    observer?.observe(panel);
    window.addEventListener("resize", update);
    window.addEventListener("scroll", update, true);
    return () => {
      observer?.disconnect();
      window.removeEventListener("resize", update);
      window.removeEventListener("scroll", update, true);
    };
  }, [isOpen, anchorRef, panelRef, align, side]);
}
