const KiB = 1024
const MiB = 1024 * KiB

/** Objects to copy, and the number in flight. */
export interface MemoryCase {
  name: string
  objects: number
  concurrency: number
  /** Stopped after this time: enough to have everything in flight. Null copies all of it. */
  limitMs: number | null
  sizeBytes(index: number): number
}

interface CaseChoice {
  objects: number
  /** The long run has this many times the objects. 0 for none. */
  times: number
  sizeBytes: number
  concurrency: number
  /** Number in flight in the mixes. 0 for none. */
  inFlight: number
  secondsEach: number
}

/** The run that a claim is about, the same with many times the objects, and mixes of sizes with a high concurrency. */
export function memoryCases(choice: CaseChoice): MemoryCase[] {
  const { objects, times, sizeBytes, concurrency, inFlight } = choice
  const small = { concurrency, limitMs: null, sizeBytes: () => sizeBytes }
  const cases: MemoryCase[] = [{ ...small, name: 'once', objects }]
  if (times > 0) cases.push({ ...small, name: `${times} times the objects`, objects: objects * times })
  if (inFlight === 0) return cases
  for (const [name, sizes] of mixes) {
    cases.push({
      name,
      // More than can be copied in that time: there is always another object to begin.
      objects: 200_000,
      concurrency: inFlight,
      limitMs: choice.secondsEach * 1_000,
      sizeBytes: (index) => sizes[index % sizes.length]!,
    })
  }
  return cases
}

const mixes: readonly (readonly [name: string, sizes: readonly number[]])[] = [
  ['32 KiB', [32 * KiB]],
  ['1 MiB', [MiB]],
  ['64 MiB', [64 * MiB]],
  ['of 4 KiB to 64 MiB', [4 * KiB, 32 * KiB, 32 * KiB, MiB, 4 * KiB, 300 * KiB, 8 * MiB, 64 * MiB]],
]
