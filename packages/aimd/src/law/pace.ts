import type { ControllerOptions } from '../options.js'
import type { Experiments } from './experiments.js'
import type { Model } from './model.js'
import type { Phase } from './wanted.js'

/** What is going on, as far as it matters to how long a window should be. */
interface Situation {
  phase: Phase
  settling: boolean
  /** Beyond what a wall is known to let through: a refusal must be seen at once. */
  probing: boolean
}

/** How long the next window should be, ms: some times what an attempt takes, short while something changes. */
export function pace(
  { phase, settling, probing }: Situation,
  { minIntervalMs, intervalMs }: ControllerOptions,
  { base, timeMs }: Model,
  experiments: Experiments,
): number {
  if (settling) return Math.min(intervalMs, Math.max(minIntervalMs / 2, base.ms ?? 0))
  const calm = phase === 'steady' && !probing
  const long = calm || (phase === 'drain' && experiments.lengthy)
  const times = phase === 'ramp' ? 2.2 : 2.5
  return Math.min(intervalMs, Math.max(long ? 4 * minIntervalMs : minIntervalMs, times * (timeMs ?? 0)))
}
