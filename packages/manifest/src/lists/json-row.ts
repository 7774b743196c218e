import { plainName } from '../rows/column-names.js'

/** The members that may hold the key, in this order, as {@link plainName} has them: `Key` of S3's API, `Path` of `rclone lsjson`. */
const KEY_NAMES = ['uri', 'key', 'objectkey', 's3key', 'path']

/** The key of a JSON object: `value` may be anything; `problem` says why there is none. */
export type JsonKey = { name: string; value: unknown } | { problem: string } | null

/**
 * The member of an object that holds its key: the one asked for, an exact name before a path into nested objects, else the first of `uri`,
 * `key`, `objectKey`, `s3Key` and `path` in whatever case. `null` where there is none.
 */
export function keyOfObject(object: Record<string, unknown>, asked: string | undefined): JsonKey {
  if (asked !== undefined) {
    if (Object.hasOwn(object, asked)) return { name: asked, value: object[asked] }
    const value = atPath(object, asked.split('.'))
    return value === undefined ? null : { name: asked, value }
  }
  const names = Object.keys(object)
  let missing: JsonKey = null
  for (const usual of KEY_NAMES) {
    const called = names.filter((name) => plainName(name) === usual && object[name] !== undefined)
    const exact = called.filter((name) => name === usual)
    const [name] = exact.length > 0 ? exact : called
    if (name === undefined) continue
    if (exact.length === 0 && called.length > 1) {
      return {
        problem: `${called.length} members could hold the key: ${called.map((one) => JSON.stringify(one)).join(', ')}`,
      }
    }
    if (object[name] !== null) return { name, value: object[name] }
    missing ??= { name, value: null }
  }
  return missing
}

function atPath(object: unknown, path: readonly string[]): unknown {
  let value = object
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
