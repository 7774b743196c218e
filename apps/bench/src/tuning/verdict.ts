import { percent } from '../format.js'
import { median, pairedRatio, type PairedRatio } from '../statistics.js'

/** A candidate in real runs. */
export interface Confirmed {
  name: string
  flags: string[]
  /** One value per round. */
  objectsPerSecond: number[]
  throttledShare: number
}

export interface TuneVerdict {
  /** The flags to set; empty if nothing was proven to beat the defaults. */
  flags: string[]
  /** Median goodput of real runs against the defaults: 0.1 is 10 % more. */
  gain: number
  /** The reason, for people. */
  reason: string
  /** Other work kept the machine busy: the figures of this result prove nothing. */
  isVoid: boolean
}

/** A smaller gain is noise, and no reason to set a flag. */
const worthwhile = 0.02

/**
 * The best of the confirmed candidates, if it beats the defaults by more than noise: by its median, and by its worst against their worst.
 * If other work kept the machine busy, nothing is proven. The defaults come first.
 */
export function verdict(confirmed: readonly Confirmed[], otherWork: number | null): TuneVerdict {
  if (otherWork !== null)
    return {
      ...leave(
        `This result is void: other work took ${percent(otherWork)} of the processors between the runs. Run it again on a quiet machine.`,
      ),
      isVoid: true,
    }
  const [own, ...others] = confirmed
  const best = others.toSorted((a, b) => median(b.objectsPerSecond) - median(a.objectsPerSecond))[0]
  if (!own || !best) return leave('Nothing was run beside the defaults: leave them.')
  const gain = median(best.objectsPerSecond) / median(own.objectsPerSecond) - 1
  if (gain < worthwhile) return leave('Nothing beat the defaults by more than noise: leave them.')
  if (!isProven(best, own))
    return leave(
      `Leave the lawDefaults: ${best.name} was faster in some runs, but its slowest run was slower than theirs. More --repeats may tell.`,
    )
  return {
    flags: best.flags,
    gain,
    isVoid: false,
    reason: `Set ${best.flags.join(' ')}: ${percent(gain)} more objects per second than the lawDefaults.`,
  }
}

function isProven(one: Confirmed, own: Confirmed): boolean {
  return Math.min(...one.objectsPerSecond) >= Math.min(...own.objectsPerSecond)
}

/** A candidate compared with the defaults in words: no figure if the runs do not agree. */
export function besideDefaults(one: Confirmed, own: Confirmed): string {
  const rounds = ({ objectsPerSecond }: Confirmed): [number, number][] =>
    objectsPerSecond.flatMap((rate, round) => (rate > 0 ? [[round, rate] satisfies [number, number]] : []))
  const ratio = one === own ? null : pairedRatio(rounds(one), rounds(own))
  if (ratio === null) return '–'
  const range = `${ratio.min.toFixed(2)} … ${ratio.max.toFixed(2)}`
  return agrees(ratio) ? `${ratio.median.toFixed(2)} × (${range})` : `not clear (${range})`
}

function agrees({ min, max }: PairedRatio): boolean {
  return min > 1 || max < 1
}

function leave(reason: string): TuneVerdict {
  return { flags: [], gain: 0, reason, isVoid: false }
}
