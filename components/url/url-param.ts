/** How one piece of state stands in the URL. The default value is left out, so plain views have plain addresses. */
export type UrlParam<Value> = {
  readonly name: string;
  readonly parse: (texts: readonly string[]) => Value;
  readonly write: (value: Value) => readonly string[];
};

export function textParam(name: string, fallback = ""): UrlParam<string> {
  return { name, parse: ([text]) => text ?? fallback, write: (value) => (value === fallback ? [] : [value]) };
}

/** A list repeats its key: `?cluster=a&cluster=b`. */
export function listParam(name: string): UrlParam<readonly string[]> {
  return { name, parse: (texts) => texts.filter((text) => text !== ""), write: (value) => value };
}

/** One of a closed list; anything else in the address reads as the fallback. */
export function choiceParam<Value extends string>(
  name: string,
  choices: readonly Value[],
  fallback: Value,
): UrlParam<Value> {
  return {
    name,
    parse: ([text]) => choices.find((choice) => choice === text) ?? fallback,
    write: (value) => (value === fallback ? [] : [value]),
  };
}

export function flagParam(name: string): UrlParam<boolean> {
  return { name, parse: ([text]) => text === "1", write: (value) => (value ? ["1"] : []) };
}

/** `search` with one parameter set anew; the others keep their order. */
export function withParam<Value>(search: URLSearchParams, param: UrlParam<Value>, value: Value): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete(param.name);
  for (const text of param.write(value)) next.append(param.name, text);
  return next;
}
