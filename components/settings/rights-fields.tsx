"use client";
import { Boxes, Users } from "lucide-react";
import { UNOWNED } from "#server/contract/common.ts";
import type { UserInput } from "#server/contract/users.ts";
import { useClusterList, useTeamList } from "../data/fleet-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Combobox } from "../ui/combobox.tsx";

export type Rights = Pick<UserInput, "roles" | "clusters" | "teams">;
type Role = Rights["roles"][number];
export const ROLES: readonly Role[] = ["viewer", "operator", "finance", "admin"];

export type RightsFieldsProps = { readonly value: Rights; readonly onChange: (value: Rights) => void };

/** What somebody may do and see. An empty choice of clusters or teams is all of them, as in the pickers on top of each page. */
export function RightsFields({ value, onChange }: RightsFieldsProps) {
  const t = useMessages();
  const clusters = useClusterList();
  const teams = useTeamList();
  const shown = (names: Rights["teams"]) =>
    names === "all" ? [] : names.map((name) => (name === "" ? UNOWNED : name));
  const chosen = (names: readonly string[]) =>
    names.length === 0 ? ("all" as const) : names.map((name) => (name === UNOWNED ? "" : name));
  return (
    <>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-xs font-medium text-muted-foreground">{t("access.roles")}</legend>
        {ROLES.map((role) => (
          <Checkbox
            key={role}
            isChecked={value.roles.includes(role)}
            onChange={(isChecked) =>
              onChange({
                ...value,
                roles: ROLES.filter((other) => (other === role ? isChecked : value.roles.includes(other))),
              })
            }
            label={
              <>
                {t(`access.role.${role}`)}{" "}
                <span className="text-xs text-muted-foreground">– {t(`access.role-note.${role}`)}</span>
              </>
            }
          />
        ))}
      </fieldset>
      <div className="flex flex-col gap-1.5">
        <div className="flex flex-wrap gap-2">
          <Combobox
            label={t("access.clusters")}
            emptyLabel={t("shell.all-clusters")}
            icon={Boxes}
            options={(clusters.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
            value={shown(value.clusters)}
            onChange={(names) => onChange({ ...value, clusters: chosen(names) })}
          />
          <Combobox
            label={t("access.teams")}
            emptyLabel={t("shell.all-teams")}
            icon={Users}
            options={(teams.data?.items ?? []).map(({ team }) =>
              team === null ? { value: UNOWNED, label: t("shell.unowned") } : { value: team, label: team },
            )}
            value={shown(value.teams)}
            onChange={(names) => onChange({ ...value, teams: chosen(names) })}
          />
        </div>
        <p className="text-xs text-muted-foreground">{t("access.scope-note")}</p>
      </div>
    </>
  );
}
