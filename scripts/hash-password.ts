// Reads a password from standard input (typed or piped) and prints the hash for auth.local.users in sluice.yaml.
import { createInterface } from "node:readline/promises";
import { hashPassword, PASSWORD_MAX, PASSWORD_MIN } from "../server/password-hash.ts";

if (process.stdin.isTTY) process.stderr.write("Password (it is shown while you type): ");
const lines = createInterface({ input: process.stdin });
const password = await lines[Symbol.asyncIterator]()
  .next()
  .then(({ value }) => value ?? "");
lines.close();
if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
  process.stderr.write(`sluice: a password has ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.\n`);
  process.exit(1);
}
process.stdout.write(`${await hashPassword(password)}\n`);
