/** The child's side of the emulator's start: options as one line of JSON, notices as lines of JSON. */
import { PassThrough } from "node:stream";
import { UsageError } from "../../../base/errors.ts";
import type { Link } from "../../../contract/index.ts";
import { validateDocument } from "../../../contract/validate.ts";
import type { Address } from "./address.ts";
import { parseCanary } from "./canary.ts";
import { runLink } from "./process.ts";

/** The first line. The harness writes it, so that only the link document is checked. */
export interface LinkChildOptions {
  readonly link: Link;
  readonly listen: Address;
  readonly target: Address;
  /** @default "listening" */
  readonly clock?: "listening" | "first-connection";
  /** @default 1 */
  readonly seed?: number;
  /** Hexadecimal. @default none */
  readonly canaries?: readonly string[];
  /** Busy one core while there is traffic, to see every byte at once. @default false */
  readonly spin?: boolean;
  /** @default 100 ms */
  readonly trafficIntervalNs?: number;
  /** @default false */
  readonly checkTarget?: boolean;
}

/** A link with a long trace is the longest that this can be. */
const MAX_OPTIONS_BYTES = 256 * 1024 ** 2;

export async function runLinkChild(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<number> {
  const commands = new PassThrough();
  const { link, canaries = [], checkTarget = false, ...rest } = await readOptions(input, commands);
  return runLink({
    ...rest,
    link: validateDocument("link", link),
    canaries: canaries.map(parseCanary),
    checkTarget,
    commands,
    onNotice: (notice) => output.write(`${JSON.stringify(notice)}\n`),
  }).finally(() => input.destroy());
}

/** Reads up to the first line feed; everything after it goes to `rest`. */
function readOptions(input: NodeJS.ReadStream, rest: PassThrough): Promise<LinkChildOptions> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      const feed = chunk.indexOf(10);
      parts.push(feed < 0 ? chunk : chunk.subarray(0, feed));
      bytes += chunk.length;
      if (feed < 0) {
        if (bytes > MAX_OPTIONS_BYTES) reject(new UsageError("the options are too long"));
        return;
      }
      input.off("data", onData);
      input.off("end", onEnd);
      rest.write(chunk.subarray(feed + 1));
      input.pipe(rest);
      try {
        resolve(JSON.parse(Buffer.concat(parts).toString("utf8")) as LinkChildOptions);
      } catch {
        reject(new UsageError("the first line of the input is not JSON; write the options there"));
      }
    };
    const onEnd = () => reject(new UsageError("the input ended before the options were given"));
    input.on("data", onData);
    input.once("end", onEnd);
  });
}
