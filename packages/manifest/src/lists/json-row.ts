import { KEY_NAMES, plainName, usualKeyNames } from '../rows/column-names.js'
import { isObjectUri } from '../rows/key-rules.js'

/** The members that may hold the key, in this order, in the form of {@link plainName}; `Path` is that of `rclone lsjson`. */
const KEY_MEMBERS = [...KEY_NAMES, 'path']

/** The key of a JSON object: `value` may be anything; `problem` says why there is none. */
type JsonKey = { name: string; value: unknown } | { problem: string } | null

/**
 * The member of an object that holds its key: the requested one (an exact name before a path into nested objects), else the first of
 * `uri`, `key`, `objectKey`, `s3Key` and `path` in any case, else `name` beside a bucket, else a `url` that is the URI of an object.
 * `null` if there is none.
 */
export function keyOfObject(object: Record<string, unknown>, asked: string | undefined): JsonKey {
  if (asked !== undefined) {
    if (Object.hasOwn(object, asked)) return { name: asked, value: object[asked] }
    const value = atPath(object, asked.split('.'))
    return value === undefined ? null : { name: asked, value }
  }
  const candidates = Object.keys(object).filter(mayHoldKey)
  const [only] = candidates
  if (only === undefined) return lessUsualKey(object)
  return candidates.length === 1 ? { name: only, value: object[only] } : bestOf(object, candidates)
}

/** Google's `name`, and the `url` of the manifests that Redshift reads and writes. */
function lessUsualKey(object: Record<string, unknown>): JsonKey {
  const names = Object.keys(object)
  const usual = usualKeyNames(names)
  const name = names.find((candidate) => usual.includes(plainName(candidate)))
  if (name !== undefined) return { name, value: object[name] }
  const { url } = object
  return typeof url === 'string' && isObjectUri(url) && !/#\d+$/.test(url)
    ? { name: 'url', value: url }
    : null
}

/** Whether an object stands for a directory, as in `rclone lsjson`, `mc ls --json` and `s5cmd --json ls`. */
export function isDirectory({ IsDir, type }: Record<string, unknown>): boolean {
  return IsDir === true || type === 'folder' || type === 'directory'
}

/**
 * The first name of {@link KEY_MEMBERS} wins, and of several with the same meaning the exact one; a null only says that there is no key.
 */
function bestOf(object: Record<string, unknown>, candidates: readonly string[]): JsonKey {
  const present = candidates.filter((name) => object[name] !== null)
  const usual = KEY_MEMBERS.find((name) => present.some((candidate) => plainName(candidate) === name))
  if (usual === undefined) return { name: candidates[0]!, value: null }
  const called = present.filter((candidate) => plainName(candidate) === usual)
  const name = called.find((candidate) => candidate === usual) ?? called[0]!
  if (called.length === 1 || name === usual) return { name, value: object[name] }
  return { problem: `${called.map((one) => JSON.stringify(one)).join(' and ')} could both hold the key` }
}

/** Names already looked up: rows repeat them. Safe to share: a name has one meaning. */
const known = new Map<string, boolean>()
const MAX_KNOWN = 1_000

function mayHoldKey(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const may = KEY_MEMBERS.includes(plainName(name))
  if (known.size < MAX_KNOWN) known.set(name, may)
  return may
}

function atPath(object: unknown, path: readonly string[]): unknown {
  let value = object
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
