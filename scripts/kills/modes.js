// @ts-check
import { endpointOf } from '../../packages/testkit/dist/index.js'
import { putInParts } from '../compatibility/put-in-parts.js'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * A way of copying that is killed.
 *
 * @typedef {object} Mode
 * @property {string} name
 * @property {readonly string[]} flags of `lagoon sync`
 * @property {readonly Kind[]} objects
 * @property {boolean} [sameStore] both buckets are in one store, which copies server-side
 * @property {boolean} [watch] manifests arrive while the run looks for them
 * @property {'kept' | 'replaced'} [before] what becomes of objects that are at the destination before the job
 * @property {number} [flips] probability that the destination stores a wrong byte
 */

/** @typedef {{ count: number, bytes: readonly [least: number, most: number], inParts?: boolean }} Kind */

/** @type {Kind} */
const SMALL = { count: 200, bytes: [0, 64 * KIB] }
/** @type {Kind} */
const STREAMED = { count: 12, bytes: [MIB, 3 * MIB] }
/** @type {Kind} */
const IN_PARTS = { count: 4, bytes: [11 * MIB, 16 * MIB], inParts: true }
const MIXED = [
  { ...SMALL, count: 100 },
  { ...STREAMED, count: 4 },
  { ...IN_PARTS, count: 2 },
]
const EIGHT = ['--concurrency', '8']

/** @type {readonly Mode[]} */
export const MODES = [
  { name: 'small objects', flags: EIGHT, objects: [SMALL] },
  { name: 'streamed', flags: EIGHT, objects: [STREAMED] },
  { name: 'multipart', flags: EIGHT, objects: [IN_PARTS] },
  { name: 'copies within the store', flags: EIGHT, objects: MIXED, sameStore: true },
  { name: 'threads', flags: [...EIGHT, '--threads', '3'], objects: MIXED },
  { name: 'the controller’s own concurrency', flags: [], objects: MIXED },
  { name: '--watch', flags: [...EIGHT, '--watch', '1s'], objects: MIXED, watch: true },
  {
    name: '--overwrite if-missing',
    flags: [...EIGHT, '--overwrite', 'if-missing'],
    objects: MIXED,
    before: 'kept',
  },
  {
    name: '--overwrite if-missing, the store flips bytes',
    flags: [...EIGHT, '--overwrite', 'if-missing', '--max-attempts', '20'],
    objects: MIXED,
    before: 'kept',
    flips: 0.2,
  },
  {
    name: '--overwrite if-different',
    flags: [...EIGHT, '--overwrite', 'if-different'],
    objects: MIXED,
    before: 'replaced',
  },
]

/**
 * Puts the objects of a mode into a bucket; answers their bytes by key.
 *
 * @param {import('../../packages/s3-sandbox/dist/index.js').Sandbox} sandbox
 * @param {string} bucket
 * @param {Mode} mode
 * @param {() => number} random
 */
export async function putObjects(sandbox, bucket, mode, random) {
  /** @type {Map<string, Buffer>} */
  const objects = new Map()
  for (const [number, { count, bytes: range, inParts }] of mode.objects.entries()) {
    const [least, most] = range
    for (let index = 0; index < count; index += 1) {
      const key = `data/${number}/${String(index).padStart(4, '0')}`
      const bytes = randomBytes(Math.floor(least + random() * (most - least)), random)
      objects.set(key, bytes)
      if (inParts) await putInParts({ endpoint: endpointOf(sandbox), bucket }, key, bytes)
      else await sandbox.store.put(bucket, key, bytes)
    }
  }
  return objects
}

/**
 * @param {number} count
 * @param {() => number} random
 */
export function randomBytes(count, random) {
  const bytes = Buffer.alloc(count)
  for (let at = 0; at + 4 <= count; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  return bytes
}
