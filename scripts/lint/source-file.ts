import { parseAst } from "vitest/node";

export interface ImportUse {
  readonly specifier: string;
  /** Gone after type stripping: `import type`, every name marked `type`, or `import("…")` in a type. */
  readonly isTypeOnly: boolean;
}

export interface ExportedFunction {
  readonly name: string;
  /** The first parameter's name and, where it is a plain name, its type; `null` without parameters. */
  readonly firstParameter: { readonly name: string; readonly type: string | null } | null;
  /** What it mentions that this file imports, itself or through functions and constants of the file: `specifier#name`. */
  readonly reaches: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

export function parseSource(text: string, path: string): Node {
  const lang = path.endsWith(".tsx") || path.endsWith(".jsx") ? "tsx" : /\.[cm]?ts$/.test(path) ? "ts" : "js";
  return parseAst(text, { lang }, path) as unknown as Node;
}

/** Every import, export-from, dynamic import with a fixed path, and import in a type. */
export function importsOf(program: Node): ImportUse[] {
  const found: ImportUse[] = [];
  visit(program, (node) => {
    const source = literal(node.source);
    if (source === null) return;
    switch (node.type) {
      case "ImportDeclaration":
        found.push({ specifier: source, isTypeOnly: isTypeOnly(node.importKind, node.specifiers, "importKind") });
        break;
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        found.push({ specifier: source, isTypeOnly: isTypeOnly(node.exportKind, node.specifiers, "exportKind") });
        break;
      case "ImportExpression":
        found.push({ specifier: source, isTypeOnly: false });
        break;
      case "TSImportType":
        found.push({ specifier: source, isTypeOnly: true });
        break;
    }
  });
  return found;
}

function isTypeOnly(kind: unknown, specifiers: unknown, field: string): boolean {
  if (kind === "type") return true;
  return (
    Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every((specifier: Node) => specifier[field] === "type")
  );
}

/** Functions that other files can call: declarations, and constants that hold a function written out. */
export function exportedFunctionsOf(program: Node): ExportedFunction[] {
  const local = new Map<string, Node>();
  const exported: [string, Node][] = [];
  for (const statement of nodes(program.body)) {
    const isExport = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
    const declaration = isExport && isNode(statement.declaration) ? statement.declaration : statement;
    for (const [name, value] of functionsDeclaredBy(declaration)) {
      local.set(name, value);
      if (isExport) exported.push([name, value]);
    }
    if (statement.type === "ExportNamedDeclaration" && literal(statement.source) === null) {
      for (const specifier of nodes(statement.specifiers)) {
        const value = local.get(nameOf(specifier.local) ?? "");
        if (value !== undefined) exported.push([nameOf(specifier.exported) ?? "", value]);
      }
    }
  }
  const reach = reachableImports(program);
  return exported.map(([name, value]) => ({ name, firstParameter: firstParameterOf(value), reaches: reach(value) }));
}

/** Follows names from a piece of code through the file's own top-level declarations to its imports. */
function reachableImports(program: Node): (start: Node) => string[] {
  const imports = new Map<string, string>();
  const declarations = new Map<string, Node>();
  for (const statement of nodes(program.body)) {
    const source = literal(statement.source);
    if (statement.type === "ImportDeclaration" && source !== null) {
      for (const specifier of nodes(statement.specifiers)) {
        const local = nameOf(specifier.local) ?? "";
        imports.set(local, `${source}#${nameOf(specifier.imported) ?? local}`);
      }
    }
    const declaration = isNode(statement.declaration) ? statement.declaration : statement;
    for (const declared of [declaration, ...nodes(declaration.declarations)]) {
      const name = nameOf(declared.id);
      if (name !== null) declarations.set(name, declared);
    }
  }
  return (start) => {
    const seen = new Set<string>();
    const found = new Set<string>();
    const queue = [start];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      visit(node, (part) => {
        const name = part.type === "Identifier" ? nameOf(part) : null;
        if (name === null || seen.has(name)) return;
        seen.add(name);
        const imported = imports.get(name);
        if (imported !== undefined) found.add(imported);
        const declared = declarations.get(name);
        if (declared !== undefined) queue.push(declared);
      });
    }
    return [...found].sort();
  };
}

function functionsDeclaredBy(declaration: Node): [string, Node][] {
  if (declaration.type === "FunctionDeclaration") return [[nameOf(declaration.id) ?? "default", declaration]];
  if (declaration.type === "ArrowFunctionExpression" || declaration.type === "FunctionExpression")
    return [["default", declaration]];
  if (declaration.type !== "VariableDeclaration") return [];
  return nodes(declaration.declarations).flatMap((declarator): [string, Node][] => {
    const value = withoutTypes(declarator.init);
    const isFunction = value?.type === "ArrowFunctionExpression" || value?.type === "FunctionExpression";
    return isFunction && value ? [[nameOf(declarator.id) ?? "", value]] : [];
  });
}

/** The value inside `… satisfies T`, `… as T` and brackets. */
function withoutTypes(value: unknown): Node | null {
  let node = isNode(value) ? value : null;
  while (node && ["TSSatisfiesExpression", "TSAsExpression", "ParenthesizedExpression"].includes(String(node.type))) {
    node = isNode(node.expression) ? node.expression : null;
  }
  return node;
}

function firstParameterOf(value: Node): ExportedFunction["firstParameter"] {
  const [first] = nodes(value.params);
  if (first === undefined) return null;
  const annotation =
    isNode(first.typeAnnotation) && isNode(first.typeAnnotation.typeAnnotation)
      ? first.typeAnnotation.typeAnnotation
      : null;
  return { name: nameOf(first) ?? "", type: annotation ? nameOf(annotation.typeName) : null };
}

function visit(node: Node, use: (node: Node) => void): void {
  use(node);
  for (const value of Object.values(node)) {
    if (isNode(value)) visit(value, use);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) visit(item, use);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}
function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
function nameOf(value: unknown): string | null {
  return isNode(value) && typeof value.name === "string" ? value.name : null;
}
function literal(value: unknown): string | null {
  return isNode(value) && value.type === "Literal" && typeof value.value === "string" ? value.value : null;
}
