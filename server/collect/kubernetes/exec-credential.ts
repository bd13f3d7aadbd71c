import { spawn } from "node:child_process";
import { isAbsolute, resolve } from "node:path";
import type { Credential, CredentialSource } from "./http-source.ts";
import { isObject, objectAt, objectsAt, textAt, textOrNull, textsAt } from "./parse-json.ts";
import { SourceError } from "./source-error.ts";

const PLUGIN_TIMEOUT_MS = 30_000;
const OUTPUT_LIMIT = 1024 * 1024;
const EXPIRY_MARGIN_MS = 30_000; // a token about to expire would do so in the middle of a long list

export type ExecCluster = {
  readonly server: string;
  readonly caData: string | null;
  readonly tlsServerName: string | null;
};

/**
 * The credential plugin of a kubeconfig (`users[].user.exec`).
 *
 * The client library runs these too, but without a time-out, without `KUBERNETES_EXEC_INFO` (which some plugins refuse to
 * start without), and with the plugin's stderr – which may quote a secret – as the error.
 */
export function execCredentials(
  exec: unknown,
  context: { readonly directory: string; readonly cluster: ExecCluster; readonly now?: () => number },
): CredentialSource {
  const now = context.now ?? Date.now;
  let cached: { readonly credential: Credential; readonly expiresAtMs: number | null } | null = null;
  let running: Promise<Credential> | null = null;
  const ask = async (): Promise<Credential> => {
    const answer = await runPlugin(exec, context.directory, context.cluster);
    cached = parseAnswer(answer);
    return cached.credential;
  };
  return {
    async current() {
      if (cached !== null && (cached.expiresAtMs === null || cached.expiresAtMs - EXPIRY_MARGIN_MS > now())) {
        return cached.credential;
      }
      running ??= ask().finally(() => {
        running = null;
      });
      return running;
    },
    async renew() {
      cached = null;
      return true;
    },
  };
}

async function runPlugin(exec: unknown, directory: string, cluster: ExecCluster): Promise<unknown> {
  if (!isObject(exec) || textAt(exec, "command") === "") throw pluginError("names no command");
  if (exec.interactiveMode === "Always") throw pluginError("asks for a person at a terminal");
  const command = textAt(exec, "command");
  const isPath = command.includes("/") || command.includes("\\");
  const environment: Record<string, string | undefined> = { ...process.env };
  for (const variable of objectsAt(exec, "env")) environment[textAt(variable, "name")] = textAt(variable, "value");
  environment.KUBERNETES_EXEC_INFO = JSON.stringify({
    apiVersion: textOrNull(exec, "apiVersion") ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? {
            cluster: {
              server: cluster.server,
              ...(cluster.caData === null ? {} : { "certificate-authority-data": cluster.caData }),
              ...(cluster.tlsServerName === null ? {} : { "tls-server-name": cluster.tlsServerName }),
            },
          }
        : {}),
    },
  });
  const output = await run(
    isPath && !isAbsolute(command) ? resolve(directory, command) : command,
    textsAt(exec, "args"),
    environment,
  );
  try {
    return JSON.parse(output);
  } catch {
    throw pluginError("did not print a credential"); // what it printed may be one, so it is not quoted
  }
}

function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string | undefined>,
): Promise<string> {
  return new Promise((resolveOutput, reject) => {
    const child = spawn(command, args, {
      env: environment as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: PLUGIN_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      output += text;
      if (output.length > OUTPUT_LIMIT) child.kill("SIGKILL");
    });
    child.on("error", () => reject(pluginError("could not be started")));
    child.on("close", (code, signal) => {
      if (code === 0 && output.length <= OUTPUT_LIMIT) resolveOutput(output);
      else
        reject(
          pluginError(signal === null ? `ended with code ${code ?? "unknown"}` : "took too long or printed too much"),
        );
    });
  });
}

function parseAnswer(answer: unknown): { credential: Credential; expiresAtMs: number | null } {
  const status = isObject(answer) ? objectAt(answer, "status") : {};
  const token = textOrNull(status, "token");
  const cert = textOrNull(status, "clientCertificateData");
  const key = textOrNull(status, "clientKeyData");
  if (token === null && (cert === null || key === null)) throw pluginError("printed neither a token nor a certificate");
  const expiresAtMs = Date.parse(textAt(status, "expirationTimestamp"));
  return {
    credential: {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(cert === null || key === null ? {} : { cert, key }),
    },
    expiresAtMs: Number.isNaN(expiresAtMs) ? null : expiresAtMs,
  };
}

function pluginError(what: string): SourceError {
  return new SourceError("forbidden", `the credential plugin of the kubeconfig ${what}`, {
    fix: { code: "check-token" },
  });
}
