/**
 * Longhaul as a library: `import { run } from "longhaul"`.
 *
 * `run` does what `longhaul run` does and returns the records; the parts that it is made of are here as well.
 */
export { engines } from "../engines/index.ts";
export { type Report, type Reporter, type ReportStyle, reporters } from "../reports/formats/index.ts";
export { catalogue } from "../suites/index.ts";
export { UsageError } from "./base/errors.ts";
export { planCells as plan, type RunOptions, type RunResult, runSuite as run } from "./cli/run-suite.ts";
export type * from "./contract/index.ts";
export { type DocumentKind, parseDocument, validateDocument } from "./contract/validate.ts";
export { type Check, checks, judge, type Metric, metrics } from "./judge/index.ts";
export { canonicalLink, linkHash, parseLink } from "./link/index.ts";
export type { PlanRequest } from "./plan/index.ts";
export { findRun, readRecords } from "./run/index.ts";
export { virtualWorld } from "./world/virtual/index.ts";
