import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const YOUNG_GENERATION_BYTES = 8 * 1024 * 1024
/** Where a start of Node limits the young generation it never gets there. */
const MAX_COLLECTIONS = 10
/** 512 KiB: a part of what must survive before it grows, so that it doesn't double twice in one collection. */
const SURVIVORS = { arrays: 64, elements: 1024 }

/**
 * Keeps memory flat, however many objects are copied: garbage is collected earlier than by default. The flags that set the sizes of the
 * heap are read only when a process starts, and a program can't count on being started with flags; the first two are read at each collection
 * (V8, `src/heap/heap.cc` and `heap-controller.cc`).
 *
 * Call it when the modules are loaded. Compiled code is kept for one set of flags: what is loaded after a change is compiled again, the modules
 * of Node itself included (tens of milliseconds).
 *
 * - The old generation may grow by two fifths between two full collections, not several times over. Each collection
 *   sets the limit for the next, so one is triggered immediately: the first automatic one may come before this call, or when 50 MB of garbage are there.
 * - The young generation stays at 8 MiB. Left alone it doubles to 32 MiB and more: 50 MB of peak memory for nothing, since hardly any of the
 *   short-lived buffers of a copy survive a collection of the smaller one either. It must grow so far first: at 2 MiB everything in flight
 *   is promoted. Loading the modules of a run makes it grow; it is made to grow here if that was not enough.
 * - The young generation of a copy thread begins with 8 MiB (two halves of 4): it could not grow to that any more once the line above holds, and
 *   at 2 MiB a copy took a tenth more CPU. Read when the heap of a thread is made.
 *
 * Measured by `lagoon-bench compare` and `throughput`, see docs/benchmarks.md.
 */
export function limitHeap(): void {
  setFlagsFromString('--heap-growing-percent=40')
  const collect = collector()
  growYoungGeneration(collect)
  setFlagsFromString('--semi-space-growth-factor=1')
  collect()
  setFlagsFromString('--min-semi-space-size=4')
}

/** It grows when more has survived than it holds. */
function growYoungGeneration(collect: Collect): void {
  const survivors: object[] = []
  for (let i = 0; i < MAX_COLLECTIONS && youngBytes() < YOUNG_GENERATION_BYTES; i += 1) {
    survivors.push(Array.from({ length: SURVIVORS.arrays }, () => Array(SURVIVORS.elements).fill(0)))
    collect({ type: 'minor' })
  }
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0
}

type Collect = (options?: { type: 'minor' }) => void

/** The flag puts `gc` into contexts that are made from then on, and nowhere else. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return collect
}
