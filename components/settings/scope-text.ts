import type { Translate } from "../i18n/catalogue.ts";

type Scoped = { readonly clusters: "all" | readonly string[]; readonly teams: "all" | readonly string[] };

/** "All clusters; shop, search". */
export function scopeText(t: Translate, { clusters, teams }: Scoped): string {
  const list = (names: "all" | readonly string[], all: string) =>
    names === "all" ? all : names.length === 0 ? "–" : names.map((name) => name || t("shell.unowned")).join(", ");
  return `${list(clusters, t("shell.all-clusters"))}; ${list(teams, t("shell.all-teams"))}`;
}

/** Role names in the reader's language; one that this page does not know stays as it is. */
export function rolesText(t: Translate, roles: readonly string[]): string {
  const known = ["viewer", "operator", "finance", "admin"] as const;
  return roles
    .map((role) => {
      const name = known.find((candidate) => candidate === role);
      return name === undefined ? role : t(`access.role.${name}`);
    })
    .join(", ");
}
