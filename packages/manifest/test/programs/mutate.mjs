/** A small seeded generator (mulberry32): the same seed gives the same numbers everywhere. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const TELLING_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x15, 0x19, 0x1c]

/**
 * Damages a Parquet file in one to four places, either in its footer or in its data: flipped bits, telling bytes, long
 * varints and swapped ranges; in one of four files also doubled, inserted or lost bytes, a cut end, a lying length.
 */
export function mutate(original, next) {
  let bytes = Buffer.from(original)
  const target = { next, footer: next() < 0.4 }
  const mutations = next() < 0.75 ? IN_PLACE : [...IN_PLACE, ...RESHAPING]
  const times = 1 + pick(next, 4)
  for (let time = 0; time < times && bytes.length > 16; time++) {
    bytes = mutations[pick(next, mutations.length)](bytes, target)
  }
  return bytes
}

const TELLING_TEXTS = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\ufeff',
  '{',
  '[',
  '\\u',
  '%',
  '%f',
  '\0',
  'lake,',
  '1e999',
  '-1',
].map((text) => Buffer.from(text))

/**
 * Damages a text, or one that is packed, in one to six places: flipped bits, telling characters and random bytes, put in or over what is
 * there; lost, doubled and very often repeated ranges; a cut end.
 */
export function mutateText(original, next) {
  let bytes = Buffer.from(original)
  const times = 1 + pick(next, 6)
  for (let time = 0; time < times && bytes.length > 0; time++) {
    const at = pick(next, bytes.length)
    const range = bytes.subarray(at, at + 1 + pick(next, 60))
    const rest = bytes.subarray(at)
    const before = bytes.subarray(0, at)
    const kind = pick(next, 8)
    if (kind === 0) bytes[at] ^= 1 << pick(next, 8)
    else if (kind === 1) bytes[at] = pick(next, 256)
    else if (kind <= 3) bytes = Buffer.concat([before, TELLING_TEXTS[pick(next, TELLING_TEXTS.length)], rest])
    else if (kind === 4) bytes = Buffer.concat([before, rest.subarray(range.length)])
    else if (kind === 5) bytes = Buffer.concat([before, range, rest])
    else if (kind === 6)
      bytes = Buffer.concat([before, ...Array(1 + pick(next, next() < 0.02 ? 5_000 : 50)).fill(range), rest])
    else bytes = Buffer.from(before)
  }
  return bytes
}

function pick(next, count) {
  return Math.floor(next() * count)
}

/** A position in the part of the file that is the target. */
function place(bytes, { next, footer }) {
  const footerBytes = Math.min(bytes.readUInt32LE(bytes.length - 8), bytes.length - 12)
  const data = bytes.length - 8 - footerBytes
  return footer ? data + pick(next, footerBytes + 8) : 4 + pick(next, data - 4)
}

const IN_PLACE = [
  function flipBit(bytes, target) {
    bytes[place(bytes, target)] ^= 1 << pick(target.next, 8)
    return bytes
  },
  function writeTellingByte(bytes, target) {
    bytes[place(bytes, target)] = TELLING_BYTES[pick(target.next, TELLING_BYTES.length)]
    return bytes
  },
  function writeRandomByte(bytes, target) {
    bytes[place(bytes, target)] = pick(target.next, 256)
    return bytes
  },
  function writeLongVarint(bytes, target) {
    const at = place(bytes, target)
    const length = 1 + pick(target.next, 9)
    for (let index = 0; index < length && at + index < bytes.length - 8; index++)
      bytes[at + index] = 0x80 | pick(target.next, 128)
    if (at + length < bytes.length - 8) bytes[at + length] = pick(target.next, 128)
    return bytes
  },
  function swapRanges(bytes, target) {
    const length = 1 + pick(target.next, 16)
    const [a, b] = [place(bytes, target), place(bytes, target)]
    for (let index = 0; index < length; index++) {
      if (a + index >= bytes.length - 8 || b + index >= bytes.length - 8) break
      ;[bytes[a + index], bytes[b + index]] = [bytes[b + index], bytes[a + index]]
    }
    return bytes
  },
]

const RESHAPING = [
  function insertBytes(bytes, target) {
    const at = place(bytes, target)
    const extra = Buffer.from(Array.from({ length: 1 + pick(target.next, 12) }, () => pick(target.next, 256)))
    return Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)])
  },
  function loseBytes(bytes, target) {
    const at = place(bytes, target)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + pick(target.next, 12))])
  },
  function doubleRange(bytes, target) {
    const from = place(bytes, target)
    const range = bytes.subarray(from, from + 1 + pick(target.next, 200))
    const to = place(bytes, target)
    return Buffer.concat([bytes.subarray(0, to), range, bytes.subarray(to)])
  },
  function cutEnd(bytes, target) {
    return bytes.subarray(0, pick(target.next, bytes.length))
  },
  function lieAboutFooterLength(bytes, target) {
    const honest = bytes.readUInt32LE(bytes.length - 8)
    const lies = [0, 1, honest + 1, honest - 1, bytes.length - 8, bytes.length, 2 ** 31, 2 ** 32 - 1]
    bytes.writeUInt32LE(lies[pick(target.next, lies.length)] >>> 0, bytes.length - 8)
    return bytes
  },
]
