import { HEAT_STEPS, heatStep } from "./prepare-heatmap.ts";

export type HeatColours = { readonly steps: readonly string[]; readonly unknown: string; readonly cursor: string };

/** The theme's colours as a canvas understands them: resolved by the browser on the element itself. */
export function resolveHeatColours(element: HTMLElement): HeatColours {
  const before = element.style.color;
  element.style.transitionProperty = "none"; // else the first reading is the colour that it comes from
  const resolve = (token: string) => {
    element.style.color = `var(${token})`;
    return getComputedStyle(element).color;
  };
  const steps = Array.from({ length: HEAT_STEPS }, (_, step) => resolve(`--heat-${step}`));
  const colours = { steps, unknown: resolve("--line-strong"), cursor: resolve("--ink") };
  element.style.color = before;
  return colours;
}

export type HeatPicture = {
  readonly lines: readonly (readonly (number | null)[])[];
  readonly columnCount: number;
  readonly width: number;
  readonly height: number;
  readonly linePixels: number;
  /** How far the first line is scrolled out. */
  readonly offsetPixels: number;
  readonly max: number;
  readonly colours: HeatColours;
  readonly cursor: { readonly line: number; readonly column: number } | null;
};

/** Paints cells; a cell without a sample is an outline with a stroke through it, never a colour of the scale. */
export function drawHeat(canvas: HTMLCanvasElement, picture: HeatPicture): void {
  const { lines, columnCount, width, height, linePixels, offsetPixels, max, colours, cursor } = picture;
  const context = canvas.getContext("2d");
  if (context === null || columnCount === 0) return;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const cell = width / columnCount;
  const gap = cell > 4 ? 1 : 0;
  lines.forEach((values, line) => {
    const y = line * linePixels - offsetPixels;
    for (let column = 0; column < columnCount; column += 1) {
      const value = values[column] ?? null;
      const x = Math.round(column * cell);
      const w = Math.max(1, Math.round((column + 1) * cell) - x - gap);
      if (value === null) {
        context.strokeStyle = colours.unknown;
        context.beginPath();
        context.moveTo(x, y + linePixels - 2);
        context.lineTo(x + w, y + 1);
        context.stroke();
      } else {
        context.fillStyle = colours.steps[heatStep(value, max)] ?? colours.unknown;
        context.fillRect(x, y, w, linePixels - 1);
      }
    }
  });
  if (cursor === null) return;
  context.strokeStyle = colours.cursor;
  context.lineWidth = 1.5;
  context.strokeRect(cursor.column * cell, cursor.line * linePixels - offsetPixels, cell, linePixels - 1);
  context.lineWidth = 1;
}
