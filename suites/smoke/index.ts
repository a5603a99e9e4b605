/** A few small cells that finish at once: does everything run at all? */
import type { Suite } from "../../harness/contract/cell.ts";

export const smokeSuite: Suite = {
  id: "smoke",
  title: "A few small cells",
  description: "All engines, one LAN and one WAN link, a guest of 256 MiB with a hot set.",
  entries: [
    { engines: [], links: ["lan-10g", "transatlantic-1g"], scenarios: ["hot-256m"], policies: [], published: [] },
  ],
};
