import { AuditExportQuery, AuditList, AuditQuery } from "./audit.ts";
import { Session } from "./auth.ts";
import { operation } from "./operation.ts";
import { TokenChange, TokenInput, TokenList, TokenParams } from "./tokens.ts";
import { UserChange, UserInput, UserList, UserParams, UserPatch } from "./users.ts";
import { z } from "./zod.ts";

/** Who may see what: all but the first are for administrators of the whole fleet. */
export const accessOperations = {
  getSession: operation({
    id: "getSession",
    method: "GET",
    path: "/api/v1/session",
    summary: "Who is asking, what they may do, and how one signs in here.",
    response: Session,
  }),
  listUsers: operation({
    id: "listUsers",
    method: "GET",
    path: "/api/v1/users",
    summary: "People who can sign in or have signed in.",
    response: UserList,
  }),
  createUser: operation({
    id: "createUser",
    method: "POST",
    path: "/api/v1/users",
    summary: "Add a local user; the answer has a link, shown once, with which the person chooses a password.",
    body: UserInput,
    response: UserChange,
    successStatus: 201,
  }),
  changeUser: operation({
    id: "changeUser",
    method: "PATCH",
    path: "/api/v1/users/{id}",
    summary: "Change a local user's rights, or shut anybody out; their sessions end at once.",
    params: UserParams,
    body: UserPatch,
    response: UserChange,
  }),
  createPasswordLink: operation({
    id: "createPasswordLink",
    method: "POST",
    path: "/api/v1/users/{id}/password-link",
    summary: "A new link, shown once, with which a local user chooses a password.",
    params: UserParams,
    response: UserChange,
    successStatus: 201,
  }),
  listTokens: operation({
    id: "listTokens",
    method: "GET",
    path: "/api/v1/tokens",
    summary: "API tokens, without their secrets.",
    response: TokenList,
  }),
  createToken: operation({
    id: "createToken",
    method: "POST",
    path: "/api/v1/tokens",
    summary: "A token for a program: Authorization: Bearer. The secret is shown once.",
    body: TokenInput,
    response: TokenChange,
    successStatus: 201,
  }),
  revokeToken: operation({
    id: "revokeToken",
    method: "DELETE",
    path: "/api/v1/tokens/{id}",
    summary: "Revoke a token; it stays in the list.",
    params: TokenParams,
    response: TokenChange,
  }),
  listAuditEvents: operation({
    id: "listAuditEvents",
    method: "GET",
    path: "/api/v1/audit",
    summary: "Who did what from where, newest first.",
    query: AuditQuery,
    response: AuditList,
  }),
  getAuditCsv: operation({
    id: "getAuditCsv",
    method: "GET",
    path: "/api/v1/audit/export.csv",
    summary: "The audit log as CSV.",
    query: AuditExportQuery,
    response: z.string(),
    mediaType: "text/csv",
  }),
} as const;
