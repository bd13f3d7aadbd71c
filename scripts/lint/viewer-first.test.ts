import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { listSources } from "./boundaries.ts";
import { type ExportedFunction, exportedFunctionsOf, importsOf, parseSource } from "./source-file.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// Functions that may ask the database without a viewer, each with its reason.
const WITHOUT_VIEWER: Readonly<Record<string, string>> = {
  "server/query/get-readiness.ts#getReadiness": "a probe has no viewer, and learns only that the parts are up",
  "server/query/installation.ts#loadInstallation":
    "currency, time zone and the like are one for every viewer, and no secret",
  "server/command/web-queue.ts#webQueue":
    "the queue's sending side; what is sent is decided by commands, which take the viewer",
  // Who asks is what these find out.
  "server/command/resolve-viewer.ts#resolveViewer": "makes the viewer out of a session, a token or a proxy's header",
  "server/command/sign-in.ts#signInLocally": "a stranger with a name and a password",
  "server/command/sign-in.ts#signOut": "ends the one session whose id it is given",
  "server/query/linked-user.ts#getLinkedUser": "a stranger with a link, who learns the name it was made for",
  "server/command/sign-in.ts#choosePassword": "a stranger with a link",
  "server/command/sign-in-oidc.ts#finishOidc": "a stranger whom the issuer vouches for",
  "server/command/sign-in-throttle.ts#beginAttempt": "counts strangers",
  "server/command/sign-in-throttle.ts#forgiveAttempt": "counts strangers",
  "server/command/open-session.ts#openSession": "a person who has proved who they are, within the caller's transaction",
  "server/command/prepare-sign-in.ts#prepareSignIn": "the start of the program",
  // Parts of questions: they take the scope or the cluster rows that boundFleet cut for a viewer, and no route calls them.
  "server/query/cost-beside-nodes.ts#loadCostBesideNodes": "takes the scope and clusters of a question",
  "server/query/cost-day-memory.ts#loadCostDays": "takes the scope of a question",
  "server/query/feature-rows.ts#loadOutcomeBounds": "takes the scope of a question",
  "server/query/gate-matrices.ts#loadGateMatrices": "takes the clusters of a question; gates belong to no team",
  "server/query/gpu-waiting.ts#explainCluster": "takes scope and cluster of a question",
  "server/query/kubelet-swap.ts#readSwapBehaviors": "takes the scope of a question; kubelet settings belong to no team",
  "server/query/kubelet-swap.ts#readSwapBehavior": "takes the scope of a question; kubelet settings belong to no team",
  "server/query/network-flows.ts#loadServices": "takes scope and cluster of a question",
  "server/query/network-base.ts#withDays": "takes the scope of a question, within its base",
  "server/query/network-estimate.ts#loadEstimates": "takes the scope of a question, within its base",
  "server/query/network-forecast.ts#loadForecast": "takes the scope and a cluster of a question",
  "server/query/pressure-buckets.ts#readBuckets": "takes the scope of a question, and things that it gave",
  "server/query/pressure-context.ts#loadSeries": "takes the scope of a question",
  "server/query/pressure-steps.ts#readHeatFrames": "takes the scope of a question; nodes belong to no team",
  "server/query/pressure-steps.ts#readTrends": "takes the scope of a question, and things that it gave",
  "server/query/rank-pressure.ts#rankPressure": "takes the scope of a question",
};
const CONNECTIONS = /^(Db|Pool|PoolClient|Client|ClientBase|StoreClient|PrismaClient)$/;

/**
 * The functions of a file that reach the store – by a value imported from it, or by a connection handed in – and could be
 * called without a viewer. Pure helpers (`toX`, cursors, sums) reach nothing.
 */
function unbounded(source: string, path: string): string[] {
  const program = parseSource(source, path);
  const values = new Set(importsOf(program).flatMap((use) => (use.isTypeOnly ? [] : [use.specifier])));
  const touchesStore = ({ reaches }: ExportedFunction) =>
    reaches.some((place) => {
      const [specifier = "", name = ""] = place.split("#");
      const isConnection = CONNECTIONS.test(name);
      const isStoreFunction = /(^|\/)store\//.test(specifier) && values.has(specifier) && /^[a-z]/.test(name);
      return isConnection || isStoreFunction || (specifier === "pg" && values.has(specifier));
    });
  return exportedFunctionsOf(program)
    .filter((candidate) => touchesStore(candidate) && !(`${path}#${candidate.name}` in WITHOUT_VIEWER))
    .filter(({ firstParameter: first }) => !/^_?viewer$/.test(first?.name ?? "") || first?.type !== "Viewer")
    .map(({ name }) => name);
}

// The viewer bounds the SQL of every question and change. A function that could be called without one is a way around.
describe("every exported function of query/ and command/ that reaches the store takes the viewer first", () => {
  const files = listSources(ROOT).filter(
    (file) => /^server\/(query|command)\/.*\.ts$/.test(file) && !/\.test\.ts$/.test(file),
  );

  it("has something to look at", () => {
    expect(files.length).toBeGreaterThan(0);
  });
  it.each(files)("%s", (file) => {
    expect(unbounded(readFileSync(join(ROOT, file), "utf8"), file)).toEqual([]);
  });

  it("lets no route or page call a part of a question", () => {
    const parts = Object.keys(WITHOUT_VIEWER)
      .filter((place) => /takes (the )?(scope|cluster)/.test(WITHOUT_VIEWER[place] ?? ""))
      .map((place) => place.split("#")[1] ?? "");
    expect(parts.length).toBeGreaterThan(0);
    const callers = listSources(ROOT).filter((file) => /^app\//.test(file));
    for (const file of callers) {
      const source = readFileSync(join(ROOT, file), "utf8");
      expect(
        parts.filter((name) => source.includes(`${name}(`)),
        file,
      ).toEqual([]);
    }
  });

  it.each([
    {
      what: "no viewer",
      source: `import { getStore } from "../store/client.ts"; export const listA = () => getStore();`,
    },
    {
      what: "the viewer second",
      source: `import { readA } from "../store/a.ts"; export function listA(id: string, viewer: Viewer) { return readA(id); }`,
    },
    {
      what: "another type",
      source: `import { readA } from "../store/a.ts"; export function listA(viewer: string) { return readA(viewer); }`,
    },
    {
      what: "a connection instead",
      source: `import type { Db } from "../store/db.ts"; export function listA(db: Db) { return db.query("…"); }`,
    },
    {
      what: "a helper in between",
      source: `import { readA } from "../store/a.ts"; function ask() { return readA(); } export const listA = () => ask();`,
    },
  ])("refuses $what", ({ source }) => {
    expect(unbounded(source, "server/query/a.ts")).toEqual(["listA"]);
  });
  it.each([
    {
      what: "the viewer first",
      source: `import { readA } from "../store/a.ts"; export function listA(viewer: Viewer) { return readA(viewer); }`,
    },
    {
      what: "a pure helper beside",
      source: `import { readA, type Row } from "../store/a.ts"; export function toA(row: Row) { return row; }`,
    },
  ])("takes $what", ({ source }) => {
    expect(unbounded(source, "server/query/a.ts")).toEqual([]);
  });
});
