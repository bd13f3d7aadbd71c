import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

// 32 MiB and some 150 ms of one core per guess: what OWASP advises for scrypt where memory is shared with a server.
const LOG2_COST = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 3;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** Hashes from a file may ask for more work than our own, within reason: an answer to a sign-in must not take the server down. */
const MAX_LOG2_COST = 17;
/** At once; others wait. Four cost 128 MiB. */
const AT_ONCE = 4;

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 256;

let running = 0;
const waiting: (() => void)[] = [];

/** `scrypt$15$8$3$<salt>$<key>`: everything that checking needs. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, LOG2_COST, BLOCK_SIZE, PARALLEL, KEY_BYTES);
  return ["scrypt", LOG2_COST, BLOCK_SIZE, PARALLEL, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/**
 * Whether the password belongs to the hash. Without a hash the same work is done for nothing, so that the time of an answer
 * does not tell which accounts there are.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const parsed = hash === null ? null : parseHash(hash);
  if (parsed === null) {
    await derive(password, Buffer.alloc(SALT_BYTES), LOG2_COST, BLOCK_SIZE, PARALLEL, KEY_BYTES);
    return false;
  }
  const { salt, key, log2Cost, blockSize, parallel } = parsed;
  return timingSafeEqual(await derive(password, salt, log2Cost, blockSize, parallel, key.length), key);
}

function parseHash(hash: string) {
  const [name, log2Cost, blockSize, parallel, salt, key] = hash.split("$");
  const numbers = [log2Cost, blockSize, parallel].map(Number);
  const [n = 0, r = 0, p = 0] = numbers;
  if (name !== "scrypt" || !numbers.every(Number.isInteger) || salt === undefined || key === undefined) return null;
  if (n < 10 || n > MAX_LOG2_COST || r < 1 || r > 16 || p < 1 || p > 16) return null;
  const [saltBytes, keyBytes] = [Buffer.from(salt, "base64url"), Buffer.from(key, "base64url")];
  if (saltBytes.length < 8 || keyBytes.length < 24) return null;
  return { salt: saltBytes, key: keyBytes, log2Cost: n, blockSize: r, parallel: p };
}

async function derive(
  password: string,
  salt: Buffer,
  log2Cost: number,
  blockSize: number,
  parallel: number,
  bytes: number,
): Promise<Buffer> {
  const options: ScryptOptions = {
    N: 2 ** log2Cost,
    r: blockSize,
    p: parallel,
    maxmem: 128 * 2 ** log2Cost * blockSize * 2,
  };
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    // The same letters typed on another keyboard are the same password.
    return await new Promise((resolve, reject) =>
      scrypt(password.normalize("NFKC"), salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
    );
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
