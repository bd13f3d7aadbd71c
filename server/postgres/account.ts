import { readFileSync, statSync } from "node:fs";
import { AppError } from "../errors.ts";

export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

// PostgreSQL refuses to run as root. `sluice` is for operators who want an account of its own.
const CANDIDATES = ["sluice", "postgres", "nobody"];

/**
 * The account that the embedded server runs as: `null` = the account of this process.
 *
 * A root process never runs the server itself: it picks the owner of data that already exist, so that a tree first
 * started by an ordinary user keeps working, else the first unprivileged account that the machine knows.
 */
export function chooseServerAccount(
  existingDataDirectory: string | null,
  passwdFile = "/etc/passwd",
): ServerAccount | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readAccounts(passwdFile);
  if (existingDataDirectory !== null) {
    const { uid, gid } = statSync(existingDataDirectory);
    if (uid !== 0) return accounts.find((account) => account.uid === uid) ?? { name: String(uid), uid, gid };
  }
  for (const name of CANDIDATES) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account) return account;
  }
  throw new AppError(
    "database-unavailable",
    `PostgreSQL does not run as root, and none of the accounts ${CANDIDATES.join(", ")} exists here. Create one (useradd --system sluice), start as an ordinary user, or give --database-url.`,
  );
}

function readAccounts(passwdFile: string): ServerAccount[] {
  let text: string;
  try {
    text = readFileSync(passwdFile, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    const account = { name: name ?? "", uid: Number(uid), gid: Number(gid) };
    return name && uid && gid && Number.isInteger(account.uid) && Number.isInteger(account.gid) ? [account] : [];
  });
}
