import type { Reporter } from "./reporter.ts";
import { countVerdicts } from "./view.ts";

export const json: Reporter = {
  id: "json",
  title: "one JSON document: the run, counts by verdict, every record",
  extension: "json",
  render: ({ records, run }) =>
    `${JSON.stringify({ version: 1, run, cells: records.length, verdicts: countVerdicts(records), records }, null, 2)}\n`,
};
