/**
 * Where a JSON text goes wrong. `JSON.parse` words its errors differently in every Node version and often leaves out
 * the position, so a failed text is scanned once more here, by the grammar of RFC 8259.
 */
import { UsageError } from "../../base/errors.ts";

/** Deepest nesting that a document may have; the contract needs nine levels. */
export const MAX_DEPTH = 64;
/** Longest text that is read as a document. */
export const MAX_TEXT_CHARACTERS = 64 * 1024 * 1024;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /[A-Za-z_][\w.]*/y;

class Fault extends Error {
  constructor(
    readonly position: number,
    readonly expected: string,
  ) {
    super(expected);
  }
}

class Scanner {
  #at = 0;
  constructor(readonly text: string) {}

  document(): void {
    this.#value(0);
    this.#space();
    if (this.#at < this.text.length) throw new Fault(this.#at, "nothing more after the document");
  }

  #space(): void {
    while (" \t\n\r".includes(this.text[this.#at] ?? "x")) this.#at++;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  /** Moves past a string, character by character: a text of megabytes must not exhaust a pattern's stack. */
  #string(): void {
    const start = this.#at++;
    for (; this.text[this.#at] !== '"'; this.#at++) {
      const character = this.text[this.#at];
      if (character === undefined) throw new Fault(start, "a string that is closed");
      if (character < " ") throw new Fault(this.#at, "an escape such as \\n or \\u0007 instead of a control character");
      if (character !== "\\") continue;
      if (!this.#match(ESCAPE)) throw new Fault(this.#at, "a known escape");
      this.#at--;
    }
    this.#at++;
  }

  #value(depth: number): void {
    this.#space();
    if (depth > MAX_DEPTH) throw new Fault(this.#at, `at most ${MAX_DEPTH} levels of nesting`);
    const start = this.#at;
    const first = this.text[start];
    if (first === "{" || first === "[") {
      this.#members(first === "{" ? "}" : "]", depth);
      return;
    }
    if (first === '"') {
      this.#string();
      return;
    }
    if (this.#match(NUMBER)) return;
    if (this.#match(WORD) && ["true", "false", "null"].includes(this.text.slice(start, this.#at))) return;
    throw new Fault(start, "a value");
  }

  #members(close: "}" | "]", depth: number): void {
    this.#at++;
    this.#space();
    if (this.text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      if (close === "}") this.#name();
      this.#value(depth + 1);
      this.#space();
      const next = this.text[this.#at];
      if (next !== "," && next !== close) throw new Fault(this.#at, `"," or "${close}"`);
      this.#at++;
      if (next === close) return;
    }
  }

  #name(): void {
    this.#space();
    if (this.text[this.#at] !== '"') throw new Fault(this.#at, "a property name in double quotes");
    this.#string();
    this.#space();
    if (this.text[this.#at] !== ":") throw new Fault(this.#at, '":"');
    this.#at++;
  }
}

function describe(text: string, fault: Fault, where: string): UsageError {
  const before = text.slice(0, fault.position).split("\n");
  const found = fault.position < text.length ? JSON.stringify(text[fault.position]) : "the end of the text";
  const place = `${where}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return new UsageError(`${place}: not JSON: expected ${fault.expected}, found ${found}`);
}

/** Parses a JSON text; errors carry `where:line:column`, what was expected and what was found. */
export function parseJson(text: string, where: string): unknown {
  if (text.length > MAX_TEXT_CHARACTERS)
    throw new UsageError(`${where}: ${text.length} characters; a document may have at most ${MAX_TEXT_CHARACTERS}`);
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    return JSON.parse(body);
  } catch (error) {
    try {
      new Scanner(body).document();
    } catch (fault) {
      if (fault instanceof Fault) throw describe(body, fault, where);
      throw fault;
    }
    throw error;
  }
}
