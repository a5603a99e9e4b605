export { type Check, checks } from "./checks/index.ts";
export { allowedDowntimeNs, classifyConvergence } from "./convergence.ts";
export { errorRecord, judge, overallVerdict, unsupportedRecord } from "./judge.ts";
export { type Metric, metrics } from "./metrics/index.ts";
export { PUBLISHED_TOLERANCE } from "./published.ts";
export { reproduceLine, shellWord } from "./reproduce.ts";
