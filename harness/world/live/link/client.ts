/** Starts an emulator as a child process and talks to it. The child ends when this process does, however that ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LinkChildOptions } from "./child.ts";
import type { Action } from "./commands.ts";
import { readLines } from "./lines.ts";
import type { Notice } from "./notices.ts";

type Of<E extends Notice["event"]> = Extract<Notice, { readonly event: E }>;

const READY_MS = 30_000;
const STOP_MS = 5_000;
const MAX_SAID_BYTES = 4096;

export interface LinkProcess {
  readonly pid: number;
  readonly ready: Of<"ready">;
  /** Carries out a command; resolves when it is done, or planned when it has a time. */
  command(action: Action, atNs?: number): Promise<Of<"done" | "planned">>;
  /** Ends the emulator; kills it when it does not end within five seconds. */
  stop(): Promise<Of<"summary">>;
  /** Resolves with the exit code once the process is gone, for whatever reason. */
  readonly exited: Promise<number | null>;
}

export interface StartLinkOptions extends LinkChildOptions {
  readonly onNotice?: (notice: Notice) => void;
}

/** @throws Error with what the emulator said when it does not start */
export async function startLink({ onNotice, ...options }: StartLinkOptions): Promise<LinkProcess> {
  const child = spawn(process.execPath, [entryPoint()], { stdio: ["pipe", "pipe", "pipe"] });
  const client = new Client(child, onNotice ?? (() => {}));
  child.stdin.write(`${JSON.stringify(options)}\n`);
  await client.start();
  return client;
}

/** The compiled entry: beside this file, or in dist when this file runs from its source, as tests do. */
function entryPoint(): string {
  const here = fileURLToPath(import.meta.url);
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  return here.endsWith(".ts") ? main.replace("/harness/world/", "/dist/harness/world/") : main;
}

class Client implements LinkProcess {
  ready!: Of<"ready">;
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #onNotice: (notice: Notice) => void;
  readonly #answers = new Map<
    number,
    { resolve: (answer: Of<"done" | "planned">) => void; reject: (e: Error) => void }
  >();
  #commands = 0;
  #said = "";
  #summary: Of<"summary"> | null = null;
  #onReady: () => void = () => {};

  constructor(child: ChildProcess, onNotice: (notice: Notice) => void) {
    this.#child = child;
    this.#onNotice = onNotice;
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => {
        this.#said += error.message;
        resolve(null);
      });
      child.once("close", (code) => resolve(code));
    });
    void this.exited.then(() => this.#failAll());
    child.stdin!.on("error", () => {});
    child.stderr!.on("data", (text: Buffer) => {
      if (this.#said.length < MAX_SAID_BYTES) this.#said += text.toString("utf8");
    });
    readLines(child.stdout!, {
      onLine: (line) => this.#take(JSON.parse(line) as Notice),
      onTooLong: () => {},
      onEnd: () => {},
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const outcome = await Promise.race([
      new Promise<"ready">((resolve) => {
        this.#onReady = () => resolve("ready");
      }),
      this.exited.then(() => "exited" as const),
      new Promise<"late">((resolve) => {
        timer = setTimeout(resolve, READY_MS, "late");
      }),
    ]);
    clearTimeout(timer);
    if (outcome === "ready") return;
    this.#child.kill("SIGKILL");
    const said =
      this.#said.trim() || (outcome === "late" ? `no answer within ${READY_MS / 1000} s` : "no reason given");
    throw new Error(`the link emulator did not start: ${said}`);
  }

  command(action: Action, atNs?: number): Promise<Of<"done" | "planned">> {
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        reject(new Error("the link emulator has ended"));
        return;
      }
      this.#answers.set(id, { resolve, reject });
      this.#child.stdin!.write(`${JSON.stringify({ ...action, id, ...(atNs !== undefined && { atNs }) })}\n`);
    });
  }

  async stop(): Promise<Of<"summary">> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    this.#child.stdin!.end();
    await this.exited;
    clearTimeout(timer);
    if (this.#summary === null) throw new Error(`the link emulator ended without a summary: ${this.#said.trim()}`);
    return this.#summary;
  }

  #take(notice: Notice): void {
    if (notice.event === "ready") {
      this.ready = notice;
      this.#onReady();
    } else if (notice.event === "summary") this.#summary = notice;
    else if (notice.event === "done" || notice.event === "planned") this.#answer(notice.id)?.resolve(notice);
    else if (notice.event === "not-done") this.#answer(notice.id)?.reject(new Error(notice.message));
    this.#onNotice(notice);
  }

  #answer(id: string | number | null) {
    if (typeof id !== "number") return undefined;
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  #failAll(): void {
    for (const { reject } of this.#answers.values()) reject(new Error("the link emulator has ended"));
    this.#answers.clear();
  }
}
