/** Raised for a pattern that Go's RE2 syntax does not have. */
export class RegexpSyntaxError extends Error {}

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const compiled = new Map<string, RegExp>();
const COMPILED_LIMIT = 500;

/** The pattern, anchored at both ends as Prometheus anchors every label regex. Throws RegexpSyntaxError. */
export function compileAnchored(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const source = `^(?:${new Translator(pattern).translate()})$`;
  let expression: RegExp;
  try {
    expression = new RegExp(source, "u");
  } catch {
    throw new RegexpSyntaxError(`error parsing regexp: invalid pattern: \`^(?:${pattern})$\``);
  }
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  compiled.set(pattern, expression);
  return expression;
}

interface Group {
  /** Parentheses opened by bare flag groups such as (?i), closed with the group that holds them. */
  extraClosers: number;
  dotMatchesNewline: boolean;
}

/** Rewrites RE2 syntax into that of JavaScript's `u` mode, refusing what RE2 lacks (look-around, back-references). */
class Translator {
  readonly #pattern: string;
  readonly #groups: Group[] = [{ extraClosers: 0, dotMatchesNewline: false }];
  #at = 0;
  #out = "";

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): string {
    while (this.#at < this.#pattern.length) this.#step();
    if (this.#groups.length !== 1) throw this.#refuse("missing closing )", `^(?:${this.#pattern}$`);
    return this.#out + ")".repeat(this.#top().extraClosers);
  }

  #step(): void {
    const char = this.#pattern[this.#at] ?? "";
    if (char === "\\") this.#escape(false);
    else if (char === "[") this.#characterClass();
    else if (char === "(") this.#open();
    else if (char === ")") this.#close();
    else if (char === ".") this.#emit(this.#top().dotMatchesNewline ? "[\\s\\S]" : "[^\\n]", 1);
    else if (char === "{") this.#brace();
    else if (char === "}" || char === "]") this.#emit(`\\${char}`, 1);
    else this.#emit(char, 1);
  }

  #emit(text: string, consumed: number): void {
    this.#out += text;
    this.#at += consumed;
  }

  #top(): Group {
    const group = this.#groups.at(-1);
    if (group === undefined) throw this.#refuse("unexpected )", this.#pattern);
    return group;
  }

  #open(): void {
    const rest = this.#pattern.slice(this.#at);
    const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
    const flags = /^\(\?([ims]*)(?:-([ims]+))?([:)])/.exec(rest);
    const outer = this.#top();
    if (named !== null) {
      this.#emit(`(?<${named[1]}>`, named[0].length);
    } else if (!rest.startsWith("(?")) {
      this.#emit("(", 1);
    } else if (flags !== null) {
      const [all, on = "", off = "", end] = flags;
      const dot = on.includes("s") || (outer.dotMatchesNewline && !off.includes("s"));
      const kept = on.replaceAll("s", "");
      const dropped = off.replaceAll("s", "");
      this.#emit(`(?${kept}${dropped === "" ? "" : `-${dropped}`}:`, all.length);
      if (end === ")") {
        outer.extraClosers += 1;
        outer.dotMatchesNewline = dot;
      } else this.#groups.push({ extraClosers: 0, dotMatchesNewline: dot });
      return;
    } else {
      throw this.#refuse("invalid or unsupported Perl syntax", rest.slice(0, 3));
    }
    this.#groups.push({ extraClosers: 0, dotMatchesNewline: outer.dotMatchesNewline });
  }

  #close(): void {
    if (this.#groups.length === 1) throw this.#refuse("unexpected )", this.#pattern);
    const group = this.#groups.pop();
    this.#emit(")".repeat(1 + (group?.extraClosers ?? 0)), 1);
  }

  #brace(): void {
    const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(this.#pattern.slice(this.#at));
    if (repeat === null) {
      this.#emit("\\{", 1);
      return;
    }
    if (Number(repeat[1]) > 1000 || Number(repeat[2] ?? 0) > 1000)
      throw this.#refuse("invalid repeat count", repeat[0]);
    this.#emit(repeat[0], repeat[0].length);
  }

  #escape(isInClass: boolean): void {
    const rest = this.#pattern.slice(this.#at);
    const next = rest[1];
    if (next === undefined) throw this.#refuse("trailing backslash at end of expression", "");
    const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
    const property = /^\\([pP])(?:([A-Z])|\{(\^?)(\w+)\})/.exec(rest);
    const hex = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(rest);
    if (quoted !== null && !isInClass) {
      this.#emit((quoted[1] ?? "").replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&"), quoted[0].length);
    } else if (property !== null) {
      const [all, sign = "p", short, negation = "", long = ""] = property;
      const isNegative = (sign === "P") !== (negation === "^");
      const name = short ?? (long.length <= 2 ? long : `Script=${long}`);
      this.#emit(`\\${isNegative ? "P" : "p"}{${name}}`, all.length);
    } else if (hex !== null) {
      this.#emit(`\\u{${hex[1] ?? hex[2]}}`, hex[0].length);
    } else if (next === "A" && !isInClass) this.#emit("(?<![\\s\\S])", 2);
    else if (next === "z" && !isInClass) this.#emit("(?![\\s\\S])", 2);
    else if (next === "a") this.#emit("\\u0007", 2);
    else if (next === "s") this.#emit(isInClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]", 2);
    else if (next === "S" && !isInClass) this.#emit("[^\\t\\n\\f\\r ]", 2);
    else if (/[dDwWSnrtfv]/.test(next) || (/[bB]/.test(next) && !isInClass)) this.#emit(`\\${next}`, 2);
    else if (/[0-9A-Za-z]/.test(next)) throw this.#refuse("invalid escape sequence", `\\${next}`);
    else this.#emit(/[\^$\\.*+?()[\]{}|/]/.test(next) || isInClass ? escapeInClass(next) : next, 2);
  }

  #characterClass(): void {
    let opening = "[";
    let consumed = 1;
    if (this.#pattern[this.#at + 1] === "^") {
      opening = "[^";
      consumed = 2;
    }
    this.#emit(opening, consumed);
    if (this.#pattern[this.#at] === "]") this.#emit("\\]", 1); // a leading ] is a member
    while (this.#pattern[this.#at] !== "]") {
      const char = this.#pattern[this.#at];
      if (char === undefined) throw this.#refuse("missing closing ]", this.#pattern);
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.#pattern.slice(this.#at));
      if (posix !== null) {
        const members = POSIX_CLASSES[posix[2] ?? ""];
        if (members === undefined || posix[1] === "^") throw this.#refuse("invalid character class range", posix[0]);
        this.#emit(members, posix[0].length);
      } else if (char === "\\") this.#escape(true);
      else this.#emit(char === "[" ? "\\[" : char, 1);
    }
    this.#emit("]", 1);
  }

  #refuse(problem: string, where: string): RegexpSyntaxError {
    return new RegexpSyntaxError(`error parsing regexp: ${problem}: \`${where}\``);
  }
}

function escapeInClass(char: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}

/** Go's Regexp.Expand: $1, ${1}, $name, ${name}, $$; a name runs as far as letters, digits and _ go. */
export function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all, bare: string | undefined, braced: string | undefined) => {
    if (all === "$$") return "$";
    const name = bare ?? braced ?? "";
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
  });
}
