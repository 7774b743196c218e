/**
 * Which runs to merge: pure arithmetic on their sizes, oldest first. Small runs are gathered by size (four of about one size make one
 * of the next), and the oldest, which has most of the fingerprints, absorbs the others whenever they have grown to a quarter of it. So
 * a lookup of a complete key finds it in the first run four times out of five, and recording a fingerprint rewrites it some eight
 * times, whatever the total ("lazy leveling": N. Dayan and S. Idreos, "Dostoevsky", SIGMOD 2018).
 */
export interface PolicySlot {
  readonly entries: number
  readonly merging: boolean
}

/** Runs of one size that are merged together. */
export const FAN_IN = 4
/** The oldest run absorbs the others when they have this share of its size. */
const OLDEST_RATIO = 0.25
/** Merges in progress at the same time. */
export const MAX_MERGES = 3

/** First position of the runs to merge (all from there to the newest), or -1 for none. */
export function planMerge(slots: readonly PolicySlot[]): number {
  const merges = slots.filter((slot) => slot.merging).length
  if (merges === 0) {
    const oldest = slots[0]?.entries ?? 0
    const others = slots.slice(1).reduce((sum, slot) => sum + slot.entries, 0)
    if (others > 0 && others >= oldest * OLDEST_RATIO) return 0
  }
  if (merges >= MAX_MERGES) return -1
  const first = slots.findLastIndex((slot) => slot.merging) + 1
  const from = merges === 0 ? Math.max(first, 1) : first
  for (let at = from; slots.length - at >= FAN_IN; at++) {
    const newer = slots.slice(at + 1).reduce((sum, slot) => sum + slot.entries, 0)
    if (slots[at]!.entries <= newer) return at
  }
  return -1
}
