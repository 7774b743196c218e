// @ts-check
import { createHash } from 'node:crypto'

/**
 * An object to copy, what it tries, and what it must be afterwards.
 *
 * @typedef {object} TrialObject
 * @property {string} id names the row of the matrix
 * @property {string} title what a store that takes it can do
 * @property {string} key
 * @property {Buffer} bytes
 * @property {Record<string, string>} [headers]
 * @property {Record<string, string>} [metadata]
 * @property {Record<string, string>} [tags]
 * @property {number} [parts] uploaded in parts of 5 MiB
 */

/**
 * Bytes that differ from key to key, always the same.
 *
 * @param {string} key
 * @param {number} size
 */
function bytesOf(key, size) {
  const bytes = Buffer.alloc(size)
  const seed = createHash('sha512').update(key).digest()
  for (let at = 0; at < size; at += seed.length) {
    seed.copy(bytes, at)
    if (at % 4096 === 0) bytes.writeUInt32LE(at, at > size - 4 ? Math.max(0, size - 4) : at)
  }
  return bytes
}

/** @type {readonly (readonly [id: string, title: string, key: string, size: number])[]} */
const PLAIN = [
  ['empty', 'empty object', 'sizes/empty', 0],
  ['small', 'small object', 'sizes/small', 100],
  ['one-put', 'object of 3 MiB in one PUT', 'sizes/one-put', 3 * 1024 * 1024],
  ['spaces', 'key with spaces and punctuation', `keys/a b + c & d; e=f, 'g' "h" <i>.txt`, 16],
  ['percent', 'key with percent signs', 'keys/100%/%2F%20', 16],
  ['unicode', 'key with umlauts, emoji and combining marks', 'keys/ünï/\u{1F40B}/e\u0301', 16],
  ['double-slash', 'key with `//`', 'keys//double//slash', 16],
  ['single-slash', '… beside the same key with single slashes', 'keys/double/slash', 16],
  ['leading-slash', 'key that begins with `/`', '/leading/slash', 16],
  ['dots', 'key with `.` and `..` as segments', 'keys/./a/../b', 16],
  ['newline', 'key with a line break and a tab', 'keys/line\nbreak\ttab', 16],
  ['backslash', 'key with a backslash', String.raw`keys/back\slash`, 16],
  ['long', 'key of 1,024 bytes', `keys/${'long/'.repeat(203)}1234`, 16],
  ['long-segment', 'key with a segment of 300 bytes', `keys/${'x'.repeat(300)}`, 16],
  ['case', 'keys that differ only in case', 'keys/Case', 16],
  ['case-other', 'the other of the two', 'keys/cASE', 16],
  ['folder', 'empty object whose key ends in `/`', 'folders/empty/', 0],
  ['folder-bytes', 'object with bytes whose key ends in `/`', 'folders/bytes/', 16],
  ['beside', 'object `a/b` …', 'beside/object', 16],
  ['below', '… beside an object `a/b/c`', 'beside/object/below', 16],
]

/** Everything that is tried, in the order of the matrix. */
export function trialObjects() {
  /** @type {TrialObject[]} */
  const objects = PLAIN.map(([id, title, key, size]) => ({ id, title, key, bytes: bytesOf(key, size) }))
  objects.splice(3, 0, {
    id: 'parts',
    title: 'object in three parts',
    key: 'sizes/parts',
    bytes: bytesOf('sizes/parts', 11 * 1024 * 1024),
    parts: 3,
  })
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    'content-language': 'de, en',
    'content-disposition': 'attachment; filename="a  b.html"',
    'cache-control': 'max-age=60, private',
    expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
  }
  for (const [name, value] of Object.entries(headers)) {
    const key = `described/${name}`
    objects.push({
      id: name,
      title: `\`${name}\``,
      key,
      bytes: bytesOf(key, 32),
      headers: { 'content-type': 'text/plain', [name]: value },
    })
  }
  objects.push(
    {
      id: 'metadata',
      title: 'user metadata',
      key: 'described/metadata',
      bytes: bytesOf('m', 32),
      metadata: { one: '1', 'two-words': 'a  b' },
    },
    {
      id: 'metadata-utf8',
      title: 'user metadata that is not ASCII',
      key: 'described/metadata-utf8',
      bytes: bytesOf('u', 32),
      metadata: { size: 'Größe 鯨' },
    },
    {
      id: 'tags',
      title: 'tags',
      key: 'described/tags',
      bytes: bytesOf('t', 32),
      tags: { team: 'data lake', 'a.b': 'c+d' },
    },
  )
  return objects
}
