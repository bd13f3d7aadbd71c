import { parseArgs } from "node:util";
import { startSluice, waitFor } from "../server/testing/start-sluice.ts";
import { median } from "./harness.ts";
import { type Role, readUsage, type Usage } from "./soak/processes.ts";
import { type Asked, read } from "./soak/readers.ts";

/**
 * `npm run soak [-- --minutes 30]`: the whole product on its demo fleet, read all the time, killed part by part near the beginning;
 * once the history of the fleet is in (which takes memory while it lasts), memory, descriptors and database connections have to
 * stay flat. Prints figures, exits with 1 when one does not hold. The minutes count from there on that the history is in.
 */
const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, size: { type: "string", default: "small" } },
});
const minutes = Number(values.minutes);
if (!(minutes >= 3)) throw new Error("--minutes is a number of at least 3: shorter, nothing can be said of growth.");

const LOOK_EVERY_MS = 5_000;
const READERS = 8;
const PAUSE_MS = 250;
const RECOVERY_LIMIT_MS = 120_000;
const HISTORY_LIMIT_MS = 40 * 60_000;
/** What counts as flat between the first and the last quarter of the undisturbed time. */
const TOLERANCE = { memoryRatio: 1.2, memoryBytes: 48 * 1024 * 1024, descriptors: 12, connections: 4 };
const MIB = 1024 * 1024;

type Look = { readonly at: number; readonly usage: readonly Usage[] };
const problems: string[] = [];
const say = (ok: boolean, words: string) => {
  console.log(`  ${ok ? "✓" : "✗"} ${words}`);
  if (!ok) problems.push(words);
};

const sluice = await startSluice({ env: { SLUICE_DEMO_SIZE: values.size } });
const looks: Look[] = [];
const looking = setInterval(() => looks.push({ at: Date.now(), usage: readUsage(sluice.pid) }), LOOK_EVERY_MS);
const reading = new AbortController();
const asking = read(sluice.url, READERS, PAUSE_MS, reading.signal);
const disturbed: { readonly from: number; to: number }[] = [];
try {
  console.log(`soak of ${minutes} minutes on ${sluice.url}`);
  for (const role of ["web", "collector", "database"] as const) await killAndRecover(role);
  const historyFrom = Date.now();
  await waitFor("the history of the fleet to be in", HISTORY_LIMIT_MS, async () => (await openChunks()) === 0);
  console.log(`    the history was in ${((Date.now() - historyFrom) / 1000).toFixed(0)} s after the kills`);
  const calmAt = Date.now();
  await until(calmAt + minutes * 60_000);
  reading.abort();
  const asked = await asking;
  judgeAnswers(asked);
  judgeGrowth(looks.filter((look) => look.at >= calmAt));
} finally {
  reading.abort();
  clearInterval(looking);
  await asking;
  await sluice.stop();
}
console.log(problems.length === 0 ? "\nflat" : `\n${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

/** kill -9 of one part under load; everything must be well again without hands. */
async function killAndRecover(role: Role): Promise<void> {
  const victims = readUsage(sluice.pid).filter((one) => one.role === role);
  // Of the web and the database the one that the others hang on: the first that was started.
  const victim = victims.toSorted((a, b) => a.pid - b.pid)[0];
  if (victim === undefined) {
    say(false, `no ${role} runs`);
    return;
  }
  const span = { from: Date.now(), to: Number.POSITIVE_INFINITY };
  disturbed.push(span);
  process.kill(victim.pid, "SIGKILL");
  try {
    await waitFor(`the ${role} to be back`, RECOVERY_LIMIT_MS, async () => {
      const isBack = readUsage(sluice.pid).some((one) => one.role === role && one.pid !== victim.pid);
      const ready = await fetch(`${sluice.url}/api/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
      return isBack && ready?.ok === true;
    });
    say(true, `the ${role} was killed and was back after ${((Date.now() - span.from) / 1000).toFixed(1)} s`);
  } catch (error) {
    say(false, error instanceof Error ? error.message : String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  span.to = Date.now();
}

function judgeAnswers(asked: readonly Asked[]): void {
  const calm = asked.filter(({ at }) => !disturbed.some(({ from, to }) => at >= from && at <= to + LOOK_EVERY_MS));
  const bad = calm.filter(({ status }) => status !== 200);
  const times = calm.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
  const examples = [...new Set(bad.map(({ path, status }) => `${status} ${path}`))].slice(0, 5).join(", ");
  say(bad.length === 0, `${calm.length} answers outside of kills, ${bad.length} of them no 200 ${examples}`.trimEnd());
  console.log(`    median ${median(times).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
  const during = asked.length - calm.length;
  console.log(`    ${during} answers while a part was being killed and started again`);
}

function judgeGrowth(calm: readonly Look[]): void {
  const quarter = Math.floor(calm.length / 4);
  const first = calm.slice(quarter, 2 * quarter); // the quarter before it is for warming up
  const last = calm.slice(-quarter);
  for (const role of ["web", "collector", "database"] as const) {
    const of = (part: readonly Look[], pick: (usage: readonly Usage[]) => number) =>
      median(part.map((look) => pick(look.usage.filter((one) => one.role === role))));
    const memory = (usage: readonly Usage[]) => usage.reduce((sum, one) => sum + one.residentBytes, 0);
    const descriptors = (usage: readonly Usage[]) => usage.reduce((sum, one) => sum + one.descriptorCount, 0);
    const [before, after] = [of(first, memory), of(last, memory)];
    const most = Math.max(before * TOLERANCE.memoryRatio, before + TOLERANCE.memoryBytes);
    say(
      after <= most,
      `${role}: own memory ${(before / MIB).toFixed(0)} → ${(after / MIB).toFixed(0)} MiB (at most ${(most / MIB).toFixed(0)})`,
    );
    if (role === "database") {
      const [from, to] = [of(first, (usage) => usage.length), of(last, (usage) => usage.length)];
      say(
        to <= from + TOLERANCE.connections,
        `database: processes ${from} → ${to} (at most +${TOLERANCE.connections})`,
      );
    } else {
      const [from, to] = [of(first, descriptors), of(last, descriptors)];
      say(
        to <= from + TOLERANCE.descriptors,
        `${role}: descriptors ${from} → ${to} (at most +${TOLERANCE.descriptors})`,
      );
    }
  }
}

function until(at: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
}

type History = {
  readonly clusters: readonly {
    readonly backfill: {
      readonly state: string;
      readonly chunkCount: number;
      readonly doneCount: number;
      readonly failedCount: number;
    };
  }[];
};

/** Pieces of history that are still to be read; infinite until any is planned. */
async function openChunks(): Promise<number> {
  const answer = await fetch(`${sluice.url}/api/v1/status`, { signal: AbortSignal.timeout(20_000) }).catch(() => null);
  if (answer?.ok !== true) return Number.POSITIVE_INFINITY;
  const { clusters } = (await answer.json()) as History; // a wrong shape throws below
  const planned = clusters.map(({ backfill }) => backfill).filter(({ chunkCount }) => chunkCount > 0);
  if (planned.length === 0) return Number.POSITIVE_INFINITY;
  return planned.reduce((sum, one) => sum + one.chunkCount - one.doneCount - one.failedCount, 0);
}
