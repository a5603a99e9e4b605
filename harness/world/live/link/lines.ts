/** Lines from a stream of bytes, none longer than a limit: what a peer sends cannot fill the memory. */

export const MAX_LINE_BYTES = 65_536;

export interface LineHandlers {
  readonly onLine: (line: string) => void;
  /** A line was longer than the limit; the rest of it is skipped. */
  readonly onTooLong: () => void;
  readonly onEnd: () => void;
}

/** Returns how to stop reading. A last line without its line feed counts. */
export function readLines(input: NodeJS.ReadableStream, { onLine, onTooLong, onEnd }: LineHandlers): () => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let skipping = false;
  const add = (part: Buffer) => {
    if (skipping) return;
    bytes += part.length;
    parts.push(part);
    if (bytes <= MAX_LINE_BYTES) return;
    skipping = true;
    parts = [];
    onTooLong();
  };
  const finish = () => {
    const line = skipping ? "" : Buffer.concat(parts).toString("utf8").trim();
    parts = [];
    bytes = 0;
    skipping = false;
    if (line !== "") onLine(line);
  };
  const read = (data: Buffer | string) => {
    const chunk = typeof data === "string" ? Buffer.from(data) : data;
    let start = 0;
    for (let feed = chunk.indexOf(10); feed >= 0; feed = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, feed));
      finish();
      start = feed + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  };
  const end = () => {
    finish();
    onEnd();
  };
  input.on("data", read);
  input.once("end", end);
  return () => {
    input.off("data", read);
    input.off("end", end);
    input.pause();
  };
}
