import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SERVER = join(import.meta.dirname, "..");
const filesOf = (folder: string) =>
  readdirSync(join(SERVER, folder))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => ({ name: `${folder}/${file}`, text: readFileSync(join(SERVER, folder, file), "utf8") }));

/** Exported functions of a text with their first parameter. */
function exportedFunctions(text: string): { readonly name: string; readonly first: string }[] {
  return [...text.matchAll(/^export (?:async )?function (\w+)(?:<[^(]*>)?\(\s*([^,)]*)/gm)].map((match) => ({
    name: match[1] ?? "",
    first: (match[2] ?? "").trim(),
  }));
}

describe("questions and changes", () => {
  const questions = filesOf("query").filter((file) => /\/(get|list)-/.test(file.name));
  const changes = filesOf("command").filter((file) => /\/(edit|poll)-/.test(file.name));
  it.each([...questions, ...changes].map((file) => [file.name, file.text] as const))(
    "of %s take the viewer first",
    (_name, text) => {
      const functions = exportedFunctions(text).filter(({ name }) =>
        /^(get|list|create|replace|withdraw|save|delete|poll)[A-Z]/.test(name),
      );
      expect(functions.length).toBeGreaterThan(0);
      for (const { first } of functions) expect(first).toMatch(/^_?viewer: Viewer$/);
    },
  );
  it.each(filesOf("query").map((file) => [file.name, file.text] as const))(
    "in %s write no SQL of their own",
    (_name, text) => {
      expect(text).not.toMatch(/\b(SELECT|INSERT|UPDATE|DELETE)\b[^;"`]*\b(FROM|INTO|SET)\b/);
    },
  );
  it.each(filesOf("query").map((file) => [file.name, file.text] as const))(
    "in %s reach a scope through the viewer alone",
    (name, text) => {
      // A hand-made scope is allowed where it holds one cluster that a bounded list has already given.
      const made = [...text.matchAll(/clusterIds: \[([^\]]*)\]/g)].map((match) => match[1]);
      for (const inside of made) expect(inside, name).toBe("cluster.id");
    },
  );
});

describe("statements over clusters", () => {
  it.each(
    filesOf("store/sql")
      .filter((file) => /\/read-/.test(file.name))
      .flatMap((file) =>
        exportedFunctions(file.text).map((found) => [`${file.name} ${found.name}`, file.text, found.name] as const),
      ),
  )("%s is bounded by the scope when it reads a cluster's rows", (_label, text, name) => {
    const start = text.indexOf(`function ${name}`);
    const next = text.indexOf("\nexport ", start);
    const body = text.slice(start, next < 0 ? undefined : next);
    if (!/scope: Scope/.test(body)) return;
    expect(body).toMatch(/\$1::smallint\[\]|\$\{NEWEST\}/);
    // What has an owner in its table is bounded by it, unless the statement counts or the caller cuts it.
    if (/FROM (pod|workload|namespace)\b/.test(body)) expect(body).toMatch(/teamBound\(/);
  });
});
