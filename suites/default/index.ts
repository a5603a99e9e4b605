/** What `longhaul run` runs when nothing is named: every engine, LAN and WAN, an easy guest and a hard one. */
import type { Suite } from "../../harness/contract/cell.ts";

export const defaultSuite: Suite = {
  id: "default",
  title: "LAN and WAN at a glance",
  description: "All engines over nine links from one rack to half the globe: an idle guest, and a busy database.",
  entries: [
    {
      engines: [],
      links: [
        "lan-1g",
        "lan-10g",
        "lan-100g",
        "metro-1g",
        "metro-vmotion",
        "long-distance-vmotion",
        "transatlantic-1g",
        "transpacific-10g",
        "europe-asia-1g",
      ],
      scenarios: ["idle-1g", "database-4g"],
      policies: [],
      published: [],
    },
  ],
};
