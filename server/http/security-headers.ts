import { authSettings, isBehindTls } from "../auth-settings.ts";

export type PolicyOptions = { readonly nonce: string; readonly isDevelopment: boolean };

/**
 * Scripts run by nonce alone. Style attributes are allowed, style elements need the nonce: charts and virtual rows set
 * sizes on elements, and an attribute cannot load anything (img, font and connect sources are our own).
 */
export function contentSecurityPolicy({ nonce, isDevelopment }: PolicyOptions): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For data, which no page may frame or sniff and which holds nothing to run. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** One year, for this host alone: what lies beside it is not ours to decide. */
const TLS_ONLY = { "strict-transport-security": "max-age=31536000" };

/** On every answer; where readers come over TLS, browsers are told to stay with it. */
export function commonHeaders(): Readonly<Record<string, string>> {
  try {
    return isBehindTls(authSettings()) ? { ...COMMON_HEADERS, ...TLS_ONLY } : COMMON_HEADERS;
  } catch {
    return COMMON_HEADERS; // settings that cannot be read: the answer says so, and needs its headers
  }
}

const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
};
