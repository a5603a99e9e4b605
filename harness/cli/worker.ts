/** What a worker thread of the pool runs. */
import { engines } from "../../engines/index.ts";
import { createRunCell } from "../run/run-cell.ts";
import { serve } from "../run/serve.ts";
import { virtualWorld } from "../world/virtual/index.ts";

serve(createRunCell({ engines, world: virtualWorld }));
