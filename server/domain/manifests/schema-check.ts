/** The part of JSON schema that Kubernetes' OpenAPI uses. */
export type Schema = {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
};
export type SchemaSet = Readonly<Record<string, Schema>>;

/**
 * Everything wrong with a value, by place; an empty list means that it fits. Fields that the schema does not name are
 * errors, since an API server drops or refuses them. `isPatch` forgives missing fields and null, which removes.
 */
export function checkSchema(value: unknown, schema: Schema, all: SchemaSet, isPatch = false, place = "$"): string[] {
  if (value === null) return isPatch ? [] : [`${place}: is null`];
  const target = resolve(schema, all);
  if (target === null) return [`${place}: schema ${schema.$ref} is missing`];
  if (target.oneOf !== undefined) {
    const tried = target.oneOf.map((option) => checkSchema(value, option, all, isPatch, place));
    return tried.some((errors) => errors.length === 0) ? [] : (tried[0] ?? []);
  }
  if (target.enum !== undefined && !target.enum.includes(value))
    return [`${place}: ${JSON.stringify(value)} is not one of ${target.enum.join(", ")}`];
  switch (target.type) {
    case "string":
      // Quantities and int-or-string values arrive as numbers too.
      if (typeof value === "string") return [];
      return typeof value === "number" && target.format === "int-or-string" ? [] : [`${place}: is not a string`];
    case "integer":
      return Number.isInteger(value) ? [] : [`${place}: is not an integer`];
    case "number":
      return typeof value === "number" ? [] : [`${place}: is not a number`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${place}: is not true or false`];
    case "array":
      if (!Array.isArray(value)) return [`${place}: is not a list`];
      return value.flatMap((item, at) =>
        target.items === undefined ? [] : checkSchema(item, target.items, all, isPatch, `${place}[${at}]`),
      );
    case "object":
      return checkObject(value, target, all, isPatch, place);
    default:
      return target.properties === undefined ? [] : checkObject(value, target, all, isPatch, place);
  }
}

function checkObject(value: unknown, schema: Schema, all: SchemaSet, isPatch: boolean, place: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${place}: is not an object`];
  const errors = isPatch
    ? []
    : (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${place}: lacks ${name}`);
  for (const [name, own] of Object.entries(value)) {
    const known =
      schema.properties?.[name] ??
      (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
    if (known !== undefined) errors.push(...checkSchema(own, known, all, isPatch, `${place}.${name}`));
    else if (schema.additionalProperties !== true) errors.push(`${place}: has the unknown field ${name}`);
  }
  return errors;
}

function resolve(schema: Schema, all: SchemaSet): Schema | null {
  let current: Schema | undefined = schema;
  while (current !== undefined) {
    const wrapped: Schema | undefined = current.allOf?.[0];
    if (wrapped !== undefined) current = wrapped;
    else if (current.$ref !== undefined) current = all[current.$ref.slice(current.$ref.lastIndexOf("/") + 1)];
    else return current;
  }
  return null;
}
