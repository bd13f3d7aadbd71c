import { type Document, isMap, isNode, isScalar, LineCounter, type ParsedNode, parseDocument } from "yaml";
import type { z } from "zod";
import { ConfigFile } from "./config-schema.ts";
import { AppError } from "./errors.ts";
import { redactText } from "./log.ts";

type Path = readonly PropertyKey[];

export interface ParsedConfigFile {
  readonly value: ConfigFile;
  /** `sluice.yaml:12: clusters[0].name` – for problems found later, such as a file that is not there. */
  locate(path: Path): string;
}

/**
 * sluice.yaml as text → typed, with every default filled in.
 *
 * Errors: one `invalid-configuration` that lists every problem as `file:line: field: what is wrong; allowed here: …`.
 */
export function parseConfigFile(source: string, fileName: string): ParsedConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, maxAliasCount: 20 } as never);
  if (document.errors.length > 0) {
    refuse(
      document.errors.map(
        (error) => `${fileName}:${lines.linePos(error.pos[0]).line}: ${error.message.split("\n")[0]}`,
      ),
    );
  }
  const locate = (path: Path) => `${fileName}:${lineOf(document, lines, path)}: ${fieldName(path)}`;
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch (error) {
    refuse([`${fileName}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = ConfigFile.safeParse(content);
  if (!parsed.success) {
    refuse(
      parsed.error.issues.flatMap((issue) =>
        describeIssue(issue, content).map(({ path, words }) => `${locate(path)}: ${words}`),
      ),
    );
  }
  return { value: parsed.data, locate };
}

function refuse(problems: readonly string[]): never {
  throw new AppError("invalid-configuration", [...new Set(problems)].join("\n"));
}

function describeIssue(issue: z.core.$ZodIssue, content: unknown): { path: Path; words: string }[] {
  const allowed = allowedAt(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], words: `is not known; allowed here: ${allowed}` }));
  }
  if (issue.code === "custom" && issue.message !== "Invalid input") {
    const hint = schemaAt(issue.path)?.description;
    return [
      { path: issue.path, words: hint === undefined ? issue.message : `${issue.message}; allowed here: ${hint}` },
    ];
  }
  if (issue.code === "invalid_key") {
    return [
      { path: issue.path, words: `is not a name that may stand here; allowed: ${allowedAt(issue.path.slice(0, -1))}` },
    ];
  }
  const given = valueAt(content, issue.path);
  if (given === undefined) return [{ path: issue.path, words: `is missing; allowed here: ${allowed}` }];
  // a header's text may be a credential
  const shown = issue.path.includes("headers") ? "this text" : show(given);
  return [{ path: issue.path, words: `${shown} is not allowed; allowed here: ${allowed}` }];
}

/** A refused value as the person wrote it; a list or a map only by its kind. */
function show(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const written = redactText(JSON.stringify(value));
  return written.length > 60 ? `${written.slice(0, 57)}…"` : written;
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    content,
  );
}

/** In words, what the schema takes at a place. */
function allowedAt(path: Path): string {
  const schema = schemaAt(path);
  if (schema === undefined) return "nothing";
  if (schema.description !== undefined) return schema.description;
  const { def } = schema;
  switch (def.type) {
    case "object": {
      const names = Object.keys((def as z.core.$ZodObjectDef).shape);
      return names.length === 0 ? "nothing in this version" : names.join(", ");
    }
    case "enum":
      return Object.values((def as z.core.$ZodEnumDef).entries).join(", ");
    case "array":
      return `a list, each of them ${allowedAt([...path, 0])}`;
    case "record":
      return "names, each with a map";
    default:
      return `a ${def.type}`;
  }
}

type Described = { readonly def: z.core.$ZodTypeDef; readonly description?: string | undefined };

function schemaAt(path: Path): Described | undefined {
  let schema: Described | undefined = unwrap(ConfigFile as unknown as Described);
  for (const step of path) {
    if (schema === undefined) return undefined;
    const { def }: Described = schema;
    if (def.type === "object") schema = (def as unknown as { shape: Record<PropertyKey, Described> }).shape[step];
    else if (def.type === "array") schema = (def as unknown as { element: Described }).element;
    else if (def.type === "record") schema = (def as unknown as { valueType: Described }).valueType;
    else return undefined;
    schema = schema === undefined ? undefined : unwrap(schema);
  }
  return schema;
}

/** Through optional, default and the like, keeping the first description met. */
function unwrap(schema: Described): Described {
  let inner = schema;
  let { description } = schema;
  while ("innerType" in inner.def) {
    inner = inner.def.innerType as Described;
    description ??= inner.description;
  }
  return description === undefined ? inner : { def: inner.def, description };
}

function fieldName(path: Path): string {
  const name = path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}${text === "" ? "" : "."}${String(step)}`),
    "",
  );
  return name === "" ? "the file" : name;
}

/** The line of the key that leads to a place, or of the nearest thing above it that is written down. */
function lineOf(document: Document.Parsed<ParsedNode>, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => (isScalar(key) ? String(key.value) : undefined) === String(step));
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
