/** A seeded stream of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Uniform in the logarithm: as likely between 1 and 10 as between 10 and 100. */
  logBetween(low: number, high: number): number
  /** Normal with mean 0 and deviation 1. */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
  /** Lognormal with mean 1; `sigma` is the deviation of its logarithm. */
  lognormal(sigma: number): number
  /** One of the values. */
  pick<T>(values: readonly [T, ...T[]]): T
}

/** Creates a stream from a seed (the generator is Tommy Ettinger's mulberry32). */
export function createRandom(seed: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0
  let spare: number | null = null
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = (): number => {
    if (spare !== null) {
      const value = spare
      spare = null
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    const angle = 2 * Math.PI * next()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    logBetween: (low, high) => low * (high / low) ** next(),
    normal,
    exponential: () => -Math.log(1 - next()),
    lognormal: (sigma) => (sigma === 0 ? 1 : Math.exp(sigma * normal() - (sigma * sigma) / 2)),
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
  }
}
