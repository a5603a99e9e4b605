/** Every format, by name. */
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { ndjson } from "./ndjson.ts";
import type { Reporter } from "./reporter.ts";
import { terminal } from "./terminal.ts";

export const reporters: readonly Reporter[] = [terminal, markdown, json, ndjson];
export type { Report, Reporter, ReportStyle } from "./reporter.ts";
