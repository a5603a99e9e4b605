/** The guest as the worlds share it: memory, dirty log, workload, and the faults of post-copy. */
export { corrupted, corruptedState } from "./capture.ts";
export { type DestinationModel, GuestModel, type GuestModelOptions, type RunListener, type Side } from "./model.ts";
export { ChunkedPageSet } from "./page-set.ts";
export { compileWorkload, pageCountOf, type WorkloadProgram } from "./program.ts";
