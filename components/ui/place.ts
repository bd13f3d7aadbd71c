export type Alignment = "start" | "end" | "center";
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

const GAP_PIXELS = 6;
const EDGE_PIXELS = 8;

/**
 * Where a floating panel goes: below its anchor, above when there is more room there, never past the window's edge.
 * Unit: CSS pixels of the viewport.
 */
export function place(
  anchor: Box,
  panel: { readonly width: number; readonly height: number },
  viewport: { readonly width: number; readonly height: number },
  align: Alignment,
  side: "below" | "above" = "below",
): { readonly left: number; readonly top: number; readonly maxHeight: number } {
  const roomBelow = viewport.height - (anchor.top + anchor.height) - GAP_PIXELS - EDGE_PIXELS;
  const roomAbove = anchor.top - GAP_PIXELS - EDGE_PIXELS;
  const isBelow =
    side === "below"
      ? panel.height <= roomBelow || roomBelow >= roomAbove
      : !(panel.height <= roomAbove || roomAbove >= roomBelow);
  const maxHeight = Math.max(80, isBelow ? roomBelow : roomAbove);
  const height = Math.min(panel.height, maxHeight);
  const wanted =
    align === "start"
      ? anchor.left
      : align === "end"
        ? anchor.left + anchor.width - panel.width
        : anchor.left + (anchor.width - panel.width) / 2;
  const left = Math.max(EDGE_PIXELS, Math.min(wanted, viewport.width - panel.width - EDGE_PIXELS));
  const top = isBelow ? anchor.top + anchor.height + GAP_PIXELS : anchor.top - GAP_PIXELS - height;
  return { left, top, maxHeight };
}
