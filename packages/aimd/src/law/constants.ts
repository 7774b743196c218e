/*
 * Every figure of the law that somebody chose: what it means, its unit, and where it comes from. "Tuned" means: tried on the tuning seeds
 * of the simulator (`scripts/score.js`), where half or double of it is worse or no different.
 */

export const FLOOR = 32 // So many in flight hurt nobody: down to here, fewer must be faster; below, a queue is no reason to have fewer. Attempts; ADR 13, MinIO.
export const CLEAR = 2 // So many standard errors make a difference clear.
export const LEAST_ENDED = 8 // A measurement has at least so many attempts that ended.
export const LEAST_TIMES = 2 // A measurement lasts at least so many times as long as an attempt takes: those that began before it are then a small part.
export const MOST_TIMES = 12 // A measurement that is not clear ends after so many times as long as an attempt takes, or after `MOST_MS` if that is longer. Tuned.
export const MOST_MS = 4000 // See `MOST_TIMES`; also the longest that a drain waits to be precise, ms.

export const QUEUE_SHARE = 0.42 // The queue that may stand, as a part of those served, with `QUEUE_AT` in flight: a knee of bend 8 then gives 98 %. Arithmetic.
export const QUEUE_AT = 100 // The number in flight at which `QUEUE_SHARE` holds. The part falls with the fourth root: small limits see less through the noise.
export const HARMED_QUEUE = 0.6 // Where overload costs capacity, so many times the root of the limit may queue instead. Tuned: less starves a noisy backend.
export const PATIENCE_MS = 8000 // A queue must stand for so long before the limit is cut, ms: longer than most pauses and slow spells.
export const PATIENT_MEASUREMENTS = 3 // And in so many measurements in a row; the shortest of them counts, as in CoDel (RFC 8289).
export const UNEXPLAINED = 1.3 // A queue that takes attempts so many times as long as the last drain explained asks for another drain.

export const STARTUP_SLOWER = 1.5 // Startup ends where attempts take so many times as long as the fastest of it. A doubling beyond a knee makes it twice as long.
export const STARTUP_ROUND = 1.4 // A round of startup is over when so many times as many have ended as were begun at its beginning. Tuned.

export const WORTHWHILE = 0.1 // More in flight is kept where goodput rises by at least this part of the step, in logarithms: the elasticity of a doubling.
export const CLEARLY_WORTHWHILE = 0.25 // From this part on all of the doubling is kept, below only half of it.
export const HARMFUL = -0.1 // Goodput that falls by more than this part of the step shows that overload costs capacity.
export const SEGMENT_MS = 1500 // Shortest segment of a probe, ms: a store may put off work for a moment (ADR 13).
export const SEGMENT_TIMES = 4 // And in times as long as an attempt takes.
export const MOST_PAIRS = 6 // After so many pairs of segments a probe ends, clear or not.
export const FIRST_PROBE_MS = 5000 // The first probe comes after so long, ms; each that finds nothing doubles the wait.
export const LAST_PROBE_MS = 240_000 // Up to this, ms.

export const LEAST_DRAIN_MS = 60_000 // Time between drains, ms, at least: as often as a path may change, as rare as nobody notices.
export const MOST_DRAIN_MS = 600_000 // And at most, however dear a drain is; at the floor always.
export const DRAIN_LIMIT = 8 // Fewest in flight in a drain, unless the limit is that low: with fewer, it takes too long to be precise.
export const BASE_ERROR = 0.02 // The base time is never thought to be known better than this, as a part of it.

export const THROTTLED = 0.01 // Share of refused attempts above which the limit is cut.
export const FIRST_WALL_MS = 15_000 // The first try beyond a wall comes after so long, ms; each that is refused doubles the wait. Tuned.
export const LAST_WALL_MS = 90_000 // Up to this, ms.
export const OUTAGE_LIMIT = 4 // So many attempts test a backend that is down.
