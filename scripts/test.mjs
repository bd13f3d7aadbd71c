// `npm test` and `npm run check`: every group, then one line of counts. A lint or type group counts as one test.
// A group whose tools are missing is skipped and says which; where CI=true that is a failure.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIN = join(ROOT, "node_modules");
const isQuick = process.argv.includes("--quick");
const isCi = process.env.CI === "true" || process.env.CI === "1";
const scratch = mkdtempSync(join(tmpdir(), "sluice-test-results-"));
const total = { passed: 0, failed: 0, skipped: 0 };

lint("format and lint", join(BIN, "@biomejs", "biome", "bin", "biome"), [
  "ci",
  "--error-on-warnings",
  "--colors=off",
  ".",
]);
lint("types", join(BIN, "typescript", "bin", "tsc"), ["--noEmit", "--incremental", "false", "-p", "."]);
lint("boundaries", join(ROOT, "scripts", "lint", "boundaries.ts"), []);
tests("unit", ["unit", "components"]);
if (!isQuick) {
  tests("database", ["database"]);
  tests("contract", ["contract"], {
    needs: ["prometheus", "promtool", ["victoria-metrics", "victoriametrics"]],
    mayNotSkipInCi: true,
  });
  tests("browser", ["e2e"]);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Runs a tool that says yes or no; what it says is shown when it says no. */
function lint(name, script, args) {
  const startedAt = performance.now();
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  const isFine = result.status === 0;
  if (!isFine) process.stdout.write(`${result.stdout}${result.stderr}${result.error?.message ?? ""}\n`);
  report(name, { passed: isFine ? 1 : 0, failed: isFine ? 0 : 1, skipped: 0 }, startedAt);
}

function tests(name, projects, { needs = [], mayNotSkipInCi = false } = {}) {
  const startedAt = performance.now();
  const missing = needs.filter((tool) => ![tool].flat().some(isOnPath)).map((tool) => [tool].flat()[0]);
  if (missing.length > 0) {
    console.log(`${name}: lacks ${missing.join(", ")}; .ci/run installs them from Debian`);
    report(name, isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 }, startedAt);
    return;
  }
  const output = join(scratch, `${name}.json`);
  const selected = projects.flatMap((project) => ["--project", project]);
  const result = spawnSync(
    process.execPath,
    [
      join(BIN, "vitest", "vitest.mjs"),
      "run",
      ...selected,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${output}`,
    ],
    { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] },
  );
  const counts = countTests(output);
  if (result.status !== 0 && counts.failed === 0) counts.failed = 1; // an error outside any test
  if (isCi && mayNotSkipInCi && counts.skipped > 0) {
    console.log(`${name}: ${counts.skipped} skipped tests are failures where CI=true`);
    counts.failed += counts.skipped;
    counts.skipped = 0;
  }
  report(name, counts, startedAt);
}

function countTests(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(file)) return counts;
  for (const suite of JSON.parse(readFileSync(file, "utf8")).testResults) {
    if (suite.status === "failed" && suite.assertionResults.every(({ status }) => status !== "failed"))
      counts.failed += 1;
    for (const test of suite.assertionResults) {
      if (test.status === "passed") counts.passed += 1;
      else if (test.status === "failed") counts.failed += 1;
      else {
        counts.skipped += 1;
        console.log(`skipped: ${relative(ROOT, suite.name)} › ${test.fullName}`);
      }
    }
  }
  return counts;
}

function report(name, counts, startedAt) {
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const mark = counts.failed > 0 ? "✗" : counts.passed === 0 ? "–" : "✓";
  console.log(
    `${mark} ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds} s)`,
  );
}

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => existsSync(join(directory, program)));
}
