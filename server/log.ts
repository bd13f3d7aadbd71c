import pino from "pino";

/**
 * Field names whose values never reach a log, wherever in an event they stand. Matching is by the whole name or by its
 * last word (`promToken`, `client_secret`), because a name is all that a logger knows about a value.
 */
const SECRET_NAME =
  /(?:^|[a-z_-])(?:password|passwd|secret|token|authorization|cookie|credentials?|api[_-]?key|private[_-]?key|kubeconfig|bearer|client[_-]?key(?:[_-]?data)?|set-cookie)$/i;
const CENSORED = "[redacted]";
const MAX_DEPTH = 6;

/** The same value with secrets removed: by field name, in URLs, in `Bearer …` texts. For logs and for showing a config. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Map) return redact(Object.fromEntries(value), depth + 1);
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    result[name] = SECRET_NAME.test(name) && item !== undefined && item !== null ? CENSORED : redact(item, depth + 1);
  }
  return result;
}

/** User names and passwords in URLs, credentials in header lines, and JSON web tokens. */
export function redactText(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${CENSORED}@`)
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${CENSORED}`)
    .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, CENSORED);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...rest } = error as Error & { cause?: unknown };
  return {
    type: name,
    message: redactText(message),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
    ...(redact({ ...rest }, depth + 1) as Record<string, unknown>),
  };
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
export type Logger = pino.Logger;

export interface LogTarget {
  write(line: string): void;
}

export interface LogOptions {
  readonly level?: LogLevel;
  readonly format?: "json" | "pretty";
  readonly target?: LogTarget;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A logger of events with fields. Every field passes `redact` before it is written. */
export function createLogger(options: LogOptions = {}): Logger {
  const target = options.target ?? pino.destination({ dest: 2, sync: true });
  const output = options.format === "pretty" ? { write: (line: string) => target.write(prettyLine(line)) } : target;
  const logger = pino(
    {
      level: options.level ?? "info",
      base: options.fields ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields) as Record<string, unknown>,
        bindings: (fields) => redact(fields) as Record<string, unknown>,
      },
      serializers: { err: (error: unknown) => redact(error) },
      hooks: {
        logMethod(args, method) {
          const safe = args.map((arg: unknown) => (typeof arg === "string" ? redactText(arg) : arg));
          method.apply(this, safe as Parameters<typeof method>);
        },
      },
    },
    output,
  );
  // pino formats the fields of an event, but writes a child's bindings as they are.
  const plainChild: (this: Logger, bindings: pino.Bindings, options?: pino.ChildLoggerOptions) => Logger = logger.child;
  logger.child = function child(this: Logger, bindings: pino.Bindings, childOptions?: pino.ChildLoggerOptions) {
    return plainChild.call(this, redact(bindings) as pino.Bindings, childOptions);
  } as unknown as Logger["child"]; // pino's own type carries custom levels, which we have none of
  return logger;
}

const MARKS: Readonly<Record<string, string>> = { warn: "! ", error: "✗ ", fatal: "✗ " };

/** One JSON event as a line for a person at a terminal: time, mark, sentence, then the fields. */
export function prettyLine(line: string): string {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, err, ...fields } = event;
  const clock = typeof time === "string" ? time.slice(11, 19) : "";
  const mark = MARKS[String(level)] ?? "  ";
  const rest = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const cause =
    typeof err === "object" && err !== null && "message" in err
      ? ` – ${String((err as { message: unknown }).message)}`
      : "";
  return `${clock} ${mark}${String(msg ?? "")}${cause}${rest === "" ? "" : `  (${rest})`}\n`;
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/**
 * The process's logger: to standard error, as JSON lines, or readable at a terminal.
 * `SLUICE_LOG_LEVEL` and `SLUICE_LOG_FORMAT` (json, pretty) override; both are read once, when the module loads.
 */
export const log: Logger = createLogger({
  level: LEVELS.find((level) => level === process.env.SLUICE_LOG_LEVEL) ?? "info",
  format:
    (process.env.SLUICE_LOG_FORMAT ?? (process.stderr.isTTY ? "pretty" : "json")) === "pretty" ? "pretty" : "json",
});
