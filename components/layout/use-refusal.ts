import { RIGHTS, type Right } from "#server/contract/rights.ts";
import { useSession } from "../data/access-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";

/**
 * Why the reader may not do something, in words; `undefined` = may, or it is not known yet who reads, so that nothing jumps. The server
 * decides again.
 */
export function useRefusal(right: Right): string | undefined {
  const { t } = useReader();
  const { data } = useSession();
  if (data === undefined || data.viewer?.rights.includes(right) === true) return undefined;
  const { roles } = RIGHTS[right];
  if (roles.some((role) => data.viewer?.roles.includes(role))) return t("access.refusal-part");
  return t("access.refusal", { roles: roles.map((role) => t(`access.role.${role}`)).join(", ") });
}
