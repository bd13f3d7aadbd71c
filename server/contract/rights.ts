import type { Role, Viewer } from "./viewer.ts";

/** What somebody may be allowed to do. The table in docs/security.md is this one; a test holds them together. */
export const RIGHTS = {
  /** Every question and file, within the viewer's teams and clusters; a pod's recent window. */
  read: { roles: ["viewer", "operator", "finance", "admin"], isWhole: false },
  /** Ask a cluster for a new read at once. */
  "read-now": { roles: ["operator", "admin"], isWhole: false },
  /** Accept, dismiss, snooze an action. */
  decide: { roles: ["operator", "finance", "admin"], isWhole: false },
  /** Thresholds and webhooks of alerts. */
  alerts: { roles: ["operator", "admin"], isWhole: true },
  /** What the viewer's teams may spend. */
  budgets: { roles: ["finance", "admin"], isWhole: false },
  /** The price book. */
  prices: { roles: ["finance", "admin"], isWhole: true },
  /** What a provider billed. */
  bills: { roles: ["finance", "admin"], isWhole: true },
  /** Files of observed flows. */
  flows: { roles: ["operator", "admin"], isWhole: true },
  /** Users, API tokens, the audit log. */
  access: { roles: ["admin"], isWhole: true },
} as const satisfies Readonly<Record<string, { readonly roles: readonly Role[]; readonly isWhole: boolean }>>;
export type Right = keyof typeof RIGHTS;

/**
 * The right that each operation needs. Questions that are not listed need `read`; a change that is not listed needs `access`,
 * so that a forgotten line keeps people out. `null` = open to everybody: probes, and who one is.
 */
const RIGHT_OF: Readonly<Record<string, Right | null>> = {
  getHealth: null,
  getReadiness: null,
  getSession: null,
  unknownPath: "read",
  requestPodDetail: "read",
  pollNow: "read-now",
  decideAction: "decide",
  saveAlertRule: "alerts",
  resetAlertRule: "alerts",
  testAlertWebhook: "alerts",
  retryAlertDelivery: "alerts",
  saveBudget: "budgets",
  deleteBudget: "budgets",
  createPrice: "prices",
  importPrices: "prices",
  replacePrice: "prices",
  withdrawPrice: "prices",
  importNetworkBill: "bills",
  importFlowLog: "flows",
  listUsers: "access",
  createUser: "access",
  changeUser: "access",
  createPasswordLink: "access",
  listTokens: "access",
  createToken: "access",
  revokeToken: "access",
  listAuditEvents: "access",
  getAuditCsv: "access",
};

/** `null` = nobody has to be signed in. */
export function rightOf(operation: { readonly id: string; readonly method: string }): Right | null {
  const listed = Object.hasOwn(RIGHT_OF, operation.id) ? RIGHT_OF[operation.id] : undefined;
  return listed === undefined ? (operation.method === "GET" ? "read" : "access") : listed;
}

/** Whether the viewer may. What changes things for everybody is not for someone who sees a part of the fleet only. */
export function mayDo(viewer: Pick<Viewer, "roles" | "clusters" | "teams">, right: Right): boolean {
  const { roles, isWhole } = RIGHTS[right];
  if (isWhole && (viewer.clusters !== "all" || viewer.teams !== "all")) return false;
  return (roles as readonly Role[]).some((role) => viewer.roles.includes(role));
}

export function rightsOf(viewer: Pick<Viewer, "roles" | "clusters" | "teams">): Right[] {
  return (Object.keys(RIGHTS) as Right[]).filter((right) => mayDo(viewer, right));
}
