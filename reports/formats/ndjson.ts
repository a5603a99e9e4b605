import type { Reporter } from "./reporter.ts";

export const ndjson: Reporter = {
  id: "ndjson",
  title: "one record per line, as in cells.ndjson",
  extension: "ndjson",
  render: ({ records }) => records.map((record) => `${JSON.stringify(record)}\n`).join(""),
};
