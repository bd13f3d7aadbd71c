import { z } from "zod";
import type { Db } from "../db.ts";

/**
 * What a viewer may see, as bounds for SQL. Never null for clusters: a statement that forgets to narrow sees nothing.
 * `teams` null = every team; in a list `""` stands for unowned.
 */
export type Scope = {
  readonly clusterIds: readonly number[];
  readonly teams: readonly string[] | null;
};

/** A scope over some of its own clusters; ids that it does not hold are left out, so narrowing can never widen. */
export function narrowScope(scope: Scope, clusterIds: readonly number[]): Scope {
  return { ...scope, clusterIds: scope.clusterIds.filter((id) => clusterIds.includes(id)) };
}

/** Runs one statement and parses its rows; a row that does not fit its schema is a bug and throws. */
export async function selectRows<Schema extends z.ZodType>(
  db: Db,
  schema: Schema,
  sql: string,
  values: readonly unknown[],
): Promise<z.output<Schema>[]> {
  const { rows } = await db.query<Record<string, unknown>>(sql, [...values]);
  return z.array(schema).parse(rows);
}

/** Condition on a nullable team column; `parameter` is the placeholder of `scope.teams`. */
export function teamBound(column: string, parameter: string): string {
  return `(${parameter}::text[] IS NULL OR coalesce(${column}, '') = ANY(${parameter}::text[]))`;
}
