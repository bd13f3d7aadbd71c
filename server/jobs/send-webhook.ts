import { readFile } from "node:fs/promises";
import { Agent, type Dispatcher, request } from "undici";
import { guardedConnector, WEBHOOK_GUARD } from "../outbound-guard.ts";

export type Webhook = { readonly urlFile: string; readonly kind: "slack" | "json" };
/** Why nothing arrived; the receiver's words and the address are never part of it. */
export type SendFailure =
  | "file-unreadable"
  | "address-invalid"
  | "address-refused"
  | "unreachable"
  | "timed-out"
  | "redirected"
  | "rejected"
  | "receiver-failed";
export type SendOutcome =
  | { readonly state: "delivered"; readonly httpStatus: number }
  | {
      readonly state: "failed";
      readonly reason: SendFailure;
      readonly httpStatus: number | null;
      /** Trying again may help: the receiver is away or overloaded, not misconfigured. */
      readonly mayRetry: boolean;
    };

const TIMEOUT_MS = 10_000;
const MAX_URL_BYTES = 4_096;
/** The answer is read to keep the connection in order, and thrown away. */
const MAX_ANSWER_BYTES = 64 * 1024;
const RETRY_STATUSES = new Set([408, 425, 429]);

/**
 * Posts one message. The address comes from the file at the moment of sending and goes nowhere else; redirects are refused, time
 * and size are bounded. Errors: none; every failure is an outcome.
 */
export async function sendWebhook(
  hook: Webhook,
  body: unknown,
  options: { readonly deliveryId: number; readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<SendOutcome> {
  const url = await readAddress(hook.urlFile);
  if (typeof url === "string")
    return { state: "failed", reason: url, httpStatus: null, mayRetry: url === "file-unreadable" };
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "sluice",
        // The same over retries: a receiver can drop what it has had.
        "idempotency-key": `sluice-${options.deliveryId}`,
      },
      body: JSON.stringify(body),
      dispatcher: options.dispatcher,
      signal: AbortSignal.any([deadline, options.signal]),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    await answer.body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined);
    return fromStatus(answer.statusCode);
  } catch (error) {
    const reason =
      deadline.aborted || isTimeout(error) ? "timed-out" : isRefused(error) ? "address-refused" : "unreachable";
    return { state: "failed", reason, httpStatus: null, mayRetry: reason !== "address-refused" };
  }
}

/** Connections of webhooks: kept apart from those of sources, closed soon, since messages are rare. */
export function openWebhookAgent(): Agent {
  return new Agent({
    connections: 4,
    pipelining: 1,
    keepAliveTimeout: 1_000,
    connect: guardedConnector(WEBHOOK_GUARD, { timeout: TIMEOUT_MS }),
  });
}

function fromStatus(httpStatus: number): SendOutcome {
  if (httpStatus >= 200 && httpStatus < 300) return { state: "delivered", httpStatus };
  if (httpStatus >= 300 && httpStatus < 400)
    return { state: "failed", reason: "redirected", httpStatus, mayRetry: false };
  if (httpStatus >= 500) return { state: "failed", reason: "receiver-failed", httpStatus, mayRetry: true };
  return { state: "failed", reason: "rejected", httpStatus, mayRetry: RETRY_STATUSES.has(httpStatus) };
}

async function readAddress(file: string): Promise<URL | "file-unreadable" | "address-invalid"> {
  let text: string;
  try {
    text = (await readFile(file, "utf8")).trim();
  } catch {
    return "file-unreadable";
  }
  if (text.length > MAX_URL_BYTES || !URL.canParse(text)) return "address-invalid";
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url : "address-invalid";
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && /TIMEOUT|TimeoutError/.test(`${"code" in error ? String(error.code) : ""} ${error.name}`)
  );
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ADDRESS_REFUSED";
}
