import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const ENOUGH_BYTES = 16 * 1024 * 1024
const LOOK_AGAIN_MS = 50

/**
 * Keeps V8's young generation from growing past 16 MiB. Left alone it doubles to 32 MiB and more under the steady stream of short-lived
 * buffers of a copy: 50 MB of peak memory for nothing, since hardly any of them survive a collection of the smaller one either.
 *
 * The flag that sets its size is read only when the process starts, and a program can't count on being started with flags. The growth factor is
 * read at each collection (V8, `src/heap/heap.cc`), so it is set to 1 once the young generation is large enough. Before that it must grow: at
 * 2 MiB everything in flight is promoted. Measured by `lagoon-bench compare`, see docs/benchmarks.md.
 */
export function holdYoungGeneration(): void {
  const size = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0
  if (size >= ENOUGH_BYTES) setFlagsFromString('--semi-space-growth-factor=1')
  else setTimeout(holdYoungGeneration, LOOK_AGAIN_MS).unref()
}
