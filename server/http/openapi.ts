import { z } from "zod";
import type { Operation } from "../contract/operation.ts";
import { Problem } from "../contract/problem.ts";

type JsonObject = Record<string, unknown>;
const COMPONENTS = "#/components/schemas/";

/**
 * The OpenAPI 3.1 page of these operations, from the schemas that validate them. A schema with an `id` becomes a
 * component; 3.1 takes JSON Schema 2020-12 as it is.
 */
export function toOpenApi(operations: readonly Operation[], version: string): JsonObject {
  const schemas: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = toPathItem(operation, schemas);
    paths[operation.path] = path;
  }
  schemas.Problem ??= inComponents(Problem, "output", schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version,
      description:
        "Feature readiness, pressure, GPU and money of Kubernetes fleets. Money carries its currency; every figure says what is known of it.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: { schemas },
  };
}

function toPathItem(operation: Operation, schemas: JsonObject): JsonObject {
  const mediaType = operation.mediaType ?? "application/json";
  const answer = (description: string) => ({
    description,
    headers: { "x-request-id": { schema: { type: "string" } } },
    content: { [mediaType]: { schema: inComponents(operation.response, "output", schemas) } },
  });
  const others = Object.entries(operation.statuses ?? {}).map(([status, text]) => [status, answer(text)]);
  return {
    operationId: operation.id,
    summary: operation.summary,
    parameters: [
      ...toParameters("path", operation.params, schemas),
      ...toParameters("query", operation.query, schemas),
    ],
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: !operation.body.safeParse({}).success,
            content: { "application/json": { schema: inComponents(operation.body, "input", schemas) } },
          },
        }),
    responses: {
      [operation.successStatus ?? 200]: answer("The answer"),
      ...Object.fromEntries(others),
      default: {
        description: "A problem with a stable code",
        content: { "application/problem+json": { schema: { $ref: `${COMPONENTS}Problem` } } },
      },
    },
  };
}

function toParameters(place: "path" | "query", schema: z.ZodType | undefined, schemas: JsonObject): JsonObject[] {
  if (schema === undefined) return [];
  const object = toJson(schema, "input", schemas);
  const required = Array.isArray(object.required) ? object.required : [];
  return Object.entries(asObject(object.properties)).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

/** The schema, or a reference when it has a name. */
function inComponents(schema: z.ZodType, io: "input" | "output", schemas: JsonObject): JsonObject {
  const json = toJson(schema, io, schemas);
  const id = schema.meta()?.id;
  if (typeof id !== "string") return json;
  schemas[id] ??= json;
  return { $ref: `${COMPONENTS}${id}` };
}

/** JSON Schema of one schema; named schemas inside it are lifted into the components. */
function toJson(schema: z.ZodType, io: "input" | "output", schemas: JsonObject): JsonObject {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override({ jsonSchema }) {
      // The pattern of a moment is some 300 characters in every place; the format says the same.
      if (jsonSchema.format === "date-time" || jsonSchema.format === "date") delete jsonSchema.pattern;
    },
  });
  const { $schema: _schema, $defs, id: _id, ...rest } = asObject(json);
  for (const [name, definition] of Object.entries(asObject($defs))) {
    const { id: _own, ...body } = asObject(definition);
    schemas[name] ??= relink(body);
  }
  return asObject(relink(rest));
}

/** `#/$defs/X` → `#/components/schemas/X`, everywhere inside. */
function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === "$ref" && typeof item === "string" ? [key, item.replace("#/$defs/", COMPONENTS)] : [key, relink(item)],
    ),
  );
}

function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
