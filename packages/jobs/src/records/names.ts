import { createHash } from 'node:crypto'
import { invalidOption } from '../errors.js'

/** Keys of the records that exist once per job. */
export const META = 'meta'
export const CONTROL = 'control'
export const CONDUCTOR_STATE = 'conductor'

/** The position of an item: `manifest` is {@link manifestId}, `from` the number of its first row in the whole manifest. */
export interface ItemAddress {
  readonly manifest: string
  readonly rowGroup: number
  readonly from: number
}

const JOB = /^[A-Za-z0-9_-]{1,64}$/

/** @throws {JobsError} `LAGOON_JOBS_INVALID_OPTION` for an invalid name */
export function checkJobName(name: string): string {
  if (!JOB.test(name))
    throw invalidOption(
      `the job name ${JSON.stringify(name)}`,
      '1 to 64 letters, digits, underscores and hyphens',
    )
  return name
}

/** 16 hexadecimal digits that identify one version of a manifest and what is read of it. */
export function manifestId(manifest: {
  readonly key: string
  readonly etag: string
  readonly scope: string
}): string {
  const text = JSON.stringify([manifest.key, manifest.etag, manifest.scope])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export function itemId({ manifest, rowGroup, from }: ItemAddress): string {
  return `${manifest}.${rowGroup}.${from}`
}

/** Null if it is not the id of an item. */
export function parseItemId(id: string): ItemAddress | null {
  const match = /^([0-9a-f]{16})\.(\d+)\.(\d+)$/.exec(id)
  return match === null ? null : { manifest: match[1]!, rowGroup: Number(match[2]), from: Number(match[3]) }
}

export const planKey = (manifest: string): string => `plan.${manifest}`
export const itemKey = (id: string): string => `item.${id}`
export const failureKey = (id: string, epoch: number, chunk: number): string => `fail.${id}.${epoch}.${chunk}`
export const workerKey = (worker: string): string => `worker.${worker}`
export const roleKey = (role: string): string => `role.${role}`
export const uploadKey = (destinationKey: string): string =>
  `upload.${createHash('sha256').update(destinationKey).digest('hex').slice(0, 32)}`
