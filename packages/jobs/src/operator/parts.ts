import type { Job } from '../job.js'
import { decodeItem } from '../records/item-record.js'
import { parseItemId } from '../records/names.js'

/** A part of the report that counts. */
export interface JobPart {
  readonly name: string
  /** Id of the manifest whose rows it holds. */
  readonly manifest: string
}

/** Names of all parts of the report that records name, item by item. Other parts are of workers that died, or of rows done again. */
export async function* readParts(job: Job): AsyncIterable<JobPart> {
  for await (const stored of job.records.list('item.>')) {
    const address = parseItemId(stored.key.slice('item.'.length))
    if (address === null) continue
    for (const name of decodeItem(stored).parts ?? []) yield { name, manifest: address.manifest }
  }
}
