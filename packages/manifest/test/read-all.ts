import type { BatchOptions, KeyBatch, KeyReader } from '../src/index.js'

/** Everything a reader gives, in one piece, and the batches it came in. */
export interface WholeManifest {
  keys: (string | null)[]
  problems: { index: number; code: string; key: string }[]
  sizes: (number | null)[]
  etags: (string | null)[]
  versionIds: (string | null)[]
  destinationKeys: (string | null)[]
  batches: KeyBatch[]
}

/** Reads every batch. */
export async function readAll(reader: KeyReader, options?: BatchOptions): Promise<WholeManifest> {
  const whole: WholeManifest = {
    keys: [],
    problems: [],
    sizes: [],
    etags: [],
    versionIds: [],
    destinationKeys: [],
    batches: [],
  }
  for await (const batch of reader.batches(options)) {
    for (const { index, code, key } of batch.problems) {
      whole.problems.push({ index: whole.keys.length + index, code, key })
    }
    whole.keys.push(...batch.keys)
    whole.sizes.push(...(batch.sizes ?? []))
    whole.etags.push(...(batch.etags ?? []))
    whole.versionIds.push(...(batch.versionIds ?? []))
    whole.destinationKeys.push(...(batch.destinationKeys ?? []))
    whole.batches.push(batch)
  }
  return whole
}
