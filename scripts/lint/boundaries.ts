// `node scripts/lint/boundaries.ts` – applies the import rules of .dependency-cruiser.mjs to every source file.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { importsOf, parseSource } from "./source-file.ts";

export interface BoundaryRule {
  readonly name: string;
  readonly comment: string;
  readonly from: { readonly path?: string; readonly pathNot?: string };
  readonly to: {
    readonly path?: string;
    readonly pathNot?: string;
    readonly dependencyTypesNot?: readonly string[];
    readonly circular?: boolean;
    readonly couldNotResolve?: boolean;
  };
}

export interface Dependency {
  readonly from: string;
  /** A path from the root, `npm:NAME` or `node:NAME`. */
  readonly to: string;
  readonly isTypeOnly: boolean;
  readonly isResolved: boolean;
}

export interface Violation {
  readonly rule: BoundaryRule;
  readonly from: string;
  readonly to: string;
}

const ROOTS = ["app", "bench", "components", "deploy", "e2e", "prisma", "scripts", "server"];
const SOURCE = /\.(?:[cm]?ts|tsx|mjs|js)$/;
const SKIPPED = new Set(["node_modules", "generated"]);

export function listSources(root: string): string[] {
  const found: string[] = [];
  const visit = (directory: string) => {
    if (!existsSync(directory)) return;
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && !entry.name.startsWith(".")) visit(path);
      else if (entry.isFile() && SOURCE.test(entry.name)) found.push(relative(root, path).split(sep).join("/"));
    }
  };
  for (const name of ROOTS) visit(join(root, name));
  for (const name of ["proxy.ts", "instrumentation.ts"]) if (existsSync(join(root, name))) found.push(name);
  return found.sort();
}

export function dependenciesOf(root: string, file: string): Dependency[] {
  const program = parseSource(readFileSync(join(root, file), "utf8"), file);
  return importsOf(program).map(({ specifier, isTypeOnly }) => ({
    from: file,
    isTypeOnly,
    ...resolveImport(root, file, specifier),
  }));
}

function resolveImport(root: string, file: string, specifier: string): { to: string; isResolved: boolean } {
  if (specifier.startsWith("node:")) return { to: specifier, isResolved: true };
  const alias = /^#(server|components)\//.test(specifier) ? specifier.slice(1) : null;
  if (!specifier.startsWith(".") && alias === null) return { to: `npm:${specifier}`, isResolved: true };
  const to = alias ?? posix.join(posix.dirname(file), specifier);
  const isGenerated = to.startsWith("server/store/generated/") || to.startsWith(".next/"); // made at the first start
  return { to, isResolved: isGenerated || (existsSync(join(root, to)) && statSync(join(root, to)).isFile()) };
}

export function findViolations(rules: readonly BoundaryRule[], dependencies: readonly Dependency[]): Violation[] {
  const circular = findCircular(dependencies);
  return rules.flatMap((rule) =>
    dependencies.flatMap((dependency) =>
      breaks(rule, dependency, circular) ? [{ rule, from: dependency.from, to: dependency.to }] : [],
    ),
  );
}

function breaks({ from, to }: BoundaryRule, dependency: Dependency, circular: ReadonlySet<Dependency>): boolean {
  const groups = from.path === undefined ? [] : new RegExp(from.path).exec(dependency.from);
  if (groups === null) return false;
  if (from.pathNot !== undefined && new RegExp(from.pathNot).test(dependency.from)) return false;
  // $1 in a `to` pattern is what the first bracket of `from.path` matched
  const matches = (pattern: string) =>
    new RegExp(pattern.replace(/\$(\d)/g, (_, index) => groups[Number(index)] ?? "")).test(dependency.to);
  if (to.path !== undefined && !matches(to.path)) return false;
  if (to.pathNot !== undefined && matches(to.pathNot)) return false;
  if (dependency.isTypeOnly && to.dependencyTypesNot?.includes("type-only")) return false;
  if (to.couldNotResolve && dependency.isResolved) return false;
  return !(to.circular && !circular.has(dependency));
}

/** The value imports that lead back to where they start: those inside a strongly connected component. */
function findCircular(dependencies: readonly Dependency[]): Set<Dependency> {
  const edges = new Map<string, string[]>();
  for (const { from, to, isTypeOnly } of dependencies) {
    if (!isTypeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const reaches = (start: string, goal: string): boolean => {
    const seen = new Set([start]);
    const queue = [start];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (file === goal) return true;
      for (const next of edges.get(file) ?? []) {
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    return false;
  };
  return new Set(dependencies.filter(({ from, to, isTypeOnly }) => !isTypeOnly && edges.has(to) && reaches(to, from)));
}

export async function loadRules(root: string): Promise<BoundaryRule[]> {
  const { default: config } = (await import(resolve(root, ".dependency-cruiser.mjs"))) as {
    default: { forbidden: BoundaryRule[] };
  };
  return config.forbidden;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const files = listSources(root);
  const dependencies = files.flatMap((file) => dependenciesOf(root, file));
  const rules = await loadRules(root);
  const violations = findViolations(rules, dependencies);
  for (const { rule, from, to } of violations) console.log(`${from} → ${to}\n  ${rule.name}: ${rule.comment}`);
  console.log(
    `${files.length} files, ${dependencies.length} imports, ${rules.length} rules, ${violations.length} violations`,
  );
  process.exitCode = violations.length > 0 ? 1 : 0;
}
