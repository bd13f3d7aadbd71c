/**
 * Who asks, and what they may see. Every function of query/ and command/ takes one first and turns it into bounds of its
 * SQL (query/scope.ts). `"all"` is everything, a list is exactly these; an empty list is nothing.
 */
export type Viewer = {
  /** For audit and logs: `loopback`, a user name, `token:<name>`. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly clusters: "all" | readonly string[];
  /** Names of teams; `""` in the list lets unowned things be seen too. */
  readonly teams: "all" | readonly string[];
};

/** viewer reads; operator asks for reads and decides on actions; finance edits prices and budgets; admin does both and settings. */
export type Role = "viewer" | "operator" | "finance" | "admin";

/** Whoever can reach the loopback interface may do everything; any other bind is refused at start. */
export const LOOPBACK_VIEWER: Viewer = { name: "loopback", roles: ["admin"], clusters: "all", teams: "all" };
