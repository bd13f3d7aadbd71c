import type { Browser, Page } from "playwright";
import { launchBrowser } from "../e2e/fixtures/browser.ts";
import { atMost, type Bench, type Figure } from "./harness.ts";
import { withProduct } from "./product.ts";

const ROUTES = [
  "/",
  "/clusters",
  "/features",
  "/gates",
  "/pressure",
  "/gpu",
  "/cost",
  "/network",
  "/actions",
  "/upgrade",
  "/settings",
  "/status",
] as const;
const KB = 1000;
const RUNS = 3;
const SETTLE_MS = 1_500;
const CLICKS = 4;

/** What a browser gets and shows of each page of the production build, with nothing cached. */
export const pagesBench: Bench = {
  name: "pages",
  run: () =>
    withProduct(async ({ url }) => {
      const browser = await launchBrowser();
      try {
        const figures: Figure[] = [];
        for (const route of ROUTES) {
          const visits: Visit[] = [];
          for (let run = 0; run <= RUNS; run += 1) {
            const one = await visit(browser, `${url}${route}`);
            if (run > 0) visits.push(one); // the first one warms the server
          }
          figures.push(
            atMost(
              `${route}: script before load`,
              visits.map((one) => one.scriptBytes / KB),
              "kB",
              200,
            ),
            atMost(
              `${route}: largest contentful paint`,
              visits.map((one) => one.paintMs / 1000),
              "s",
              1.5,
            ),
            atMost(
              `${route}: interaction to next paint`,
              visits.map((one) => one.interactionMs),
              "ms",
              200,
              `${visits[0]?.interactions} interactions`,
            ),
          );
        }
        return figures;
      } finally {
        await browser.close();
      }
    }),
};

type Visit = {
  readonly scriptBytes: number;
  readonly paintMs: number;
  readonly interactionMs: number;
  readonly interactions: number;
};

async function visit(browser: Browser, address: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const scripts = await countScripts(page);
    await page.addInitScript(() => {
      const seen = { paintMs: 0, interactionMs: 0 };
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.paintMs = entry.startTime;
      }).observe({ type: "largest-contentful-paint", buffered: true });
      const options: PerformanceObserverInit & { durationThreshold: number } = {
        type: "event",
        buffered: true,
        durationThreshold: 16,
      };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!("interactionId" in entry) || entry.interactionId === 0) continue;
          seen.interactionMs = Math.max(seen.interactionMs, entry.duration);
        }
      }).observe(options);
    });
    await page.goto(address, { waitUntil: "load" });
    const scriptBytes = scripts();
    await page.waitForTimeout(SETTLE_MS);
    const { paintMs } = await readSeen(page);
    const interactions = await interact(page);
    const { interactionMs } = await readSeen(page);
    return { scriptBytes, paintMs, interactionMs, interactions };
  } finally {
    await context.close();
  }
}

/** Bytes over the wire of every script so far. */
async function countScripts(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ type, requestId }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  return () => bytes;
}

type Seen = { readonly paintMs: number; readonly interactionMs: number };
function readSeen(page: Page): Promise<Seen> {
  return page.evaluate(() => Reflect.get(globalThis, "seen") as Seen); // put there by the script above
}

/** Clicks on what can be clicked in the page's body, and closes what opens. Returns how often. */
async function interact(page: Page): Promise<number> {
  const targets = page.locator("main button:visible:enabled, main [role=tab]:visible");
  const count = Math.min(CLICKS, await targets.count());
  let clicked = 0;
  for (let index = 0; index < count; index += 1) {
    const isClicked = await targets
      .nth(index)
      .click({ timeout: 2_000 })
      .then(() => true)
      .catch(() => false); // covered by what an earlier click opened
    if (isClicked) clicked += 1;
    await page.keyboard.press("Escape");
    await page.waitForTimeout(SETTLE_MS / 3);
  }
  return clicked;
}
