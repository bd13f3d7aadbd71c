import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type AuditExportQuery, type AuditList, AuditList as AuditListSchema } from "#server/contract/audit.ts";
import { type Session, Session as SessionSchema } from "#server/contract/auth.ts";
import type { Right } from "#server/contract/rights.ts";
import { TokenChange, type TokenInput, type TokenList, TokenList as TokenListSchema } from "#server/contract/tokens.ts";
import {
  UserChange,
  type UserInput,
  type UserList,
  UserList as UserListSchema,
  type UserPatch,
} from "#server/contract/users.ts";
import { getJson, sendJson, toApiUrl } from "./api-client.ts";

export const accessKeys = {
  session: ["session"] as const,
  users: ["users"] as const,
  tokens: ["tokens"] as const,
  audit: (filter: AuditExportQuery) => ["audit", filter] as const,
};

/** Who is asking and how one signs in here. */
export const sessionOptions = () =>
  queryOptions<Session>({
    queryKey: accessKeys.session,
    queryFn: ({ signal }) => getJson("/api/v1/session", { schema: SessionSchema, signal }),
  });
export const useSession = () => useQuery(sessionOptions());

/** Whether to offer something; the server decides again. Until the session is known: yes, so that nothing jumps. */
export function useMayDo(right: Right): boolean {
  const { data } = useSession();
  return data === undefined || (data.viewer?.rights.includes(right) ?? false);
}

export const userListOptions = () =>
  queryOptions<UserList>({
    queryKey: accessKeys.users,
    queryFn: ({ signal }) => getJson("/api/v1/users", { schema: UserListSchema, signal }),
  });
export const useUserList = () => useQuery(userListOptions());

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UserInput) => sendJson("/api/v1/users", { method: "POST", schema: UserChange, body }),
    onSettled: () => client.invalidateQueries({ queryKey: accessKeys.users }),
  });
}

export function useChangeUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, patch }: { readonly id: number; readonly patch: UserPatch }) =>
      sendJson(`/api/v1/users/${id}`, { method: "PATCH", schema: UserChange, body: patch }),
    onSettled: () => client.invalidateQueries({ queryKey: accessKeys.users }),
  });
}

export function useCreatePasswordLink() {
  return useMutation({
    mutationFn: (id: number) => sendJson(`/api/v1/users/${id}/password-link`, { method: "POST", schema: UserChange }),
  });
}

export const tokenListOptions = () =>
  queryOptions<TokenList>({
    queryKey: accessKeys.tokens,
    queryFn: ({ signal }) => getJson("/api/v1/tokens", { schema: TokenListSchema, signal }),
  });
export const useTokenList = () => useQuery(tokenListOptions());

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TokenInput) => sendJson("/api/v1/tokens", { method: "POST", schema: TokenChange, body }),
    onSettled: () => client.invalidateQueries({ queryKey: accessKeys.tokens }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => sendJson(`/api/v1/tokens/${id}`, { method: "DELETE", schema: TokenChange }),
    onSettled: () => client.invalidateQueries({ queryKey: accessKeys.tokens }),
  });
}

export const auditCsvUrl = (filter: AuditExportQuery): string => toApiUrl("/api/v1/audit/export.csv", filter);

export const auditOptions = (filter: AuditExportQuery) =>
  infiniteQueryOptions({
    queryKey: accessKeys.audit(filter),
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }): Promise<AuditList> =>
      getJson("/api/v1/audit", {
        schema: AuditListSchema,
        query: { ...filter, cursor: pageParam, limit: 100 },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
  });
export const useAuditEvents = (filter: AuditExportQuery) => useInfiniteQuery(auditOptions(filter));
