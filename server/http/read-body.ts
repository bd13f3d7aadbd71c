import { AppError } from "../errors.ts";
import { InvalidInput } from "./problem.ts";

export const MAX_BODY_BYTES = 1_048_576; // a price list of some 5,000 rows; nothing else comes near

/**
 * The JSON body, or `undefined` when there is none.
 * Errors: `too-large` as soon as the bound is passed; `invalid-input` for another media type or broken JSON.
 */
export async function readJsonBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  if (request.body === null) return undefined;
  if (Number(request.headers.get("content-length") ?? "0") > maxBytes) throw tooLarge(maxBytes);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of request.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new InvalidInput("body", [{ path: "", message: "is not UTF-8 text" }]);
    throw error;
  }
  if (text.trim() === "") return undefined;
  // A plain form can send text/plain across origins without being asked; JSON cannot.
  const mediaType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new InvalidInput("body", [{ path: "", message: "must be sent as application/json" }]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput("body", [{ path: "", message: "is not JSON" }]);
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("too-large", `A body may have ${maxBytes} bytes.`, { maxBytes: String(maxBytes) });
}
