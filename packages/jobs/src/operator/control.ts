import { changeRecord } from '../change-record.js'
import type { Job } from '../job.js'
import { decodeControl, type ControlRecord } from '../records/control-record.js'
import { encode } from '../records/json.js'
import { CONTROL } from '../records/names.js'

/** The instructions of operators to the workers. */
export async function readControl(job: Job): Promise<ControlRecord> {
  return decodeControl(await job.records.get(CONTROL))
}

/**
 * Changes the instructions; workers receive them immediately.
 *
 * @param change gets the present instructions; null leaves them. Called again after a concurrent change.
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
