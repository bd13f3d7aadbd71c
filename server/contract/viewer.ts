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
  /** How they are known; of importance to who manages access and to who signs out. */
  readonly via?: "loopback" | "session" | "token" | "proxy";
  /** Row of a person who is kept in the database. */
  readonly userId?: number;
  /** From where they ask, for the audit log. */
  readonly address?: string | null;
};

/** viewer reads; operator asks for reads, decides on actions, sets alerts; finance edits prices and budgets; admin does it all and access. */
export type Role = "viewer" | "operator" | "finance" | "admin";

/** Whoever can reach the loopback interface may do everything while nobody can sign in; any other bind is refused at start. */
export const LOOPBACK_VIEWER: Viewer = {
  name: "loopback",
  roles: ["admin"],
  clusters: "all",
  teams: "all",
  via: "loopback",
};
