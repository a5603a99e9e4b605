/** The reference engines. */
import type { Engine } from "../harness/contract/index.ts";
import { hybrid } from "./hybrid/index.ts";
import { postCopy } from "./post-copy/index.ts";
import { preCopy } from "./pre-copy/index.ts";
import { stopCopy } from "./stop-copy/index.ts";

export const engines: readonly Engine[] = [stopCopy, preCopy, postCopy, hybrid];
