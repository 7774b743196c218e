import { changeRecord } from '../change-record.js'
import type { Job } from '../job.js'
import { decodeControl, type ControlRecord } from '../records/control-record.js'
import { encode } from '../records/json.js'
import { CONTROL } from '../records/names.js'

/** What operators have told the workers. */
export async function readControl(job: Job): Promise<ControlRecord> {
  return decodeControl(await job.records.get(CONTROL))
}

/**
 * Changes what workers are told; they hear of it immediately.
 *
 * @param change gets what holds now; null leaves it. Called again when two operators change it at once.
 */
export async function changeControl(
  job: Job,
  change: (present: ControlRecord) => ControlRecord | null,
): Promise<ControlRecord> {
  const { value } = await changeRecord<ControlRecord>(job, {
    key: CONTROL,
    decode: decodeControl,
    encode,
    change: (present) => change(present ?? {}),
  })
  return value ?? {}
}
