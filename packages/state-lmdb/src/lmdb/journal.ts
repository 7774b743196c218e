import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Names of the two files, which take turns. */
export const JOURNAL_FILES = ['state.journal-0', 'state.journal-1'] as const

/** Longest time between an outcome and its write, ms. */
const WRITE_AFTER_MS = 40
const HEADER_BYTES = 16
const ENTRY_WORDS = 5
const MAGIC = 0x4c4a_0001

/** The content of a batch: completed keys, each as four words of fingerprint and a version hash, or changes of uploads, as JSON. */
const COMPLETED = 1
const UPLOAD = 2

/** A change of the record of an upload; null for its end. */
export type UploadChange = readonly [name: string, value: object | null]

/** Outcomes that no commit contains yet. */
export interface Recovered {
  /** {@link ENTRY_WORDS} words each. */
  readonly completed: Uint32Array[]
  readonly uploads: UploadChange[]
  /** Newest generation that was seen, or that is committed. */
  readonly generation: number
}

/**
 * Outcomes that wait for their commit, in a file, so that a killed process loses only those of a few milliseconds. Written without a
 * sync: a power cut loses what LMDB has not committed.
 *
 * 1. Generation g of outcomes is in file g mod 2 and becomes one commit, which records g. Anything not above the recorded generation is
 *    stale.
 * 2. A generation begins when the previous one is being committed; then the one before that is committed, and its file is free.
 * 3. Each batch has its generation and a checksum; a truncated batch, or one of an earlier generation, ends the file.
 * 4. A journal that can't be written is abandoned; commits continue without it.
 */
export class Journal {
  readonly #descriptors: number[]
  #generation: number
  #position = 0
  #words = new Uint32Array(1024 * ENTRY_WORDS)
  #count = 0
  #timer: NodeJS.Timeout | null = null
  /** When the first outcome that waits was said. */
  #oldestAt = 0
  #broken = false
  readonly #directory: string
  /** Ties the files to their state. */
  readonly #seed: number

  /** `generation`: the last one that is committed. */
  constructor(directory: string, seed: string, generation: number) {
    this.#directory = directory
    this.#seed = crc32(seed)
    this.#generation = generation + 1
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants
    this.#descriptors = JOURNAL_FILES.map((name) =>
      openSync(join(directory, name), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600),
    )
  }

  /** A key was completed: four words of its fingerprint, from `at`. */
  completed(words: Uint32Array, at: number, version: number): void {
    const to = this.#count * ENTRY_WORDS
    if (to === this.#words.length) {
      const wider = new Uint32Array(this.#words.length * 2)
      wider.set(this.#words)
      this.#words = wider
    }
    for (let k = 0; k < 4; k++) this.#words[to + k] = words[at + k]!
    this.#words[to + 4] = version
    if (this.#count++ === 0) {
      this.#oldestAt = performance.now()
      this.#timer = setTimeout(() => this.#flush(), WRITE_AFTER_MS).unref()
    } else if (performance.now() - this.#oldestAt >= WRITE_AFTER_MS) {
      // The event loop is busy, and the timer late.
      this.#flush()
    }
  }

  /** The record of an upload changed: written immediately. */
  upload(change: UploadChange): void {
    this.#append(UPLOAD, Buffer.from(JSON.stringify(change)))
  }

  /** Begins the commit of everything so far and returns its generation. What follows belongs to the next one. */
  next(): number {
    this.#flush()
    this.#position = 0
    return this.#generation++
  }

  /** With everything committed there is nothing to recover: the files are deleted. */
  close(committed: boolean): void {
    this.#flush()
    for (const descriptor of this.#descriptors) closeSync(descriptor)
    if (committed) for (const name of JOURNAL_FILES) rmSync(join(this.#directory, name), { force: true })
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#count === 0) return
    const words = this.#words.slice(0, this.#count * ENTRY_WORDS)
    this.#count = 0
    this.#append(COMPLETED, Buffer.from(words.buffer))
  }

  #append(kind: number, body: Buffer): void {
    if (this.#broken) return
    const batch = Buffer.allocUnsafe(HEADER_BYTES + 8 + body.length)
    batch.writeUInt32LE((MAGIC ^ this.#seed) >>> 0, 0)
    batch.writeUIntLE(this.#generation, 4, 6)
    batch.writeUInt16LE(kind, 10)
    batch.writeUInt32LE(body.length, 12)
    batch.writeUInt32LE(crc32(body), 16)
    batch.writeUInt32LE(crc32(batch.subarray(0, 20)), 20)
    body.copy(batch, HEADER_BYTES + 8)
    const descriptor = this.#descriptors[this.#generation % 2]!
    try {
      if (writeSync(descriptor, batch, 0, batch.length, this.#position) < batch.length) this.#broken = true
    } catch {
      this.#broken = true
    }
    this.#position += batch.length
  }
}

/** Reads what a killed process left: everything above the committed generation, oldest first. */
export function recoverJournal(directory: string, seed: string, committed: number): Recovered {
  const recovered = { completed: [] as Uint32Array[], uploads: [] as UploadChange[], generation: committed }
  const files = JOURNAL_FILES.map((name) => batchesOf(read(join(directory, name)), crc32(seed)))
  const newer = files.filter((batches) => batches[0] !== undefined && batches[0].generation > committed)
  for (const batches of newer.sort((a, b) => a[0]!.generation - b[0]!.generation)) {
    for (const { kind, body, generation } of batches) {
      recovered.generation = generation
      if (kind === UPLOAD) recovered.uploads.push(JSON.parse(body.toString()) as UploadChange)
      else if (kind === COMPLETED) recovered.completed.push(new Uint32Array(Uint8Array.from(body).buffer))
    }
  }
  return recovered
}

interface Batch {
  readonly generation: number
  readonly kind: number
  readonly body: Buffer
}

function batchesOf(file: Buffer, seed: number): Batch[] {
  const batches: Batch[] = []
  for (let at = 0; at + HEADER_BYTES + 8 <= file.length;) {
    const head = file.subarray(at, at + HEADER_BYTES + 8)
    if (
      head.readUInt32LE(0) !== (MAGIC ^ seed) >>> 0 ||
      head.readUInt32LE(20) !== crc32(head.subarray(0, 20))
    )
      break
    const length = head.readUInt32LE(12)
    const body = file.subarray(at + head.length, at + head.length + length)
    if (body.length < length || head.readUInt32LE(16) !== crc32(body)) break
    const generation = head.readUIntLE(4, 6)
    if (batches.length > 0 && batches[0]!.generation !== generation) break
    batches.push({ generation, kind: head.readUInt16LE(10), body })
    at += head.length + length
  }
  return batches
}

/** Empty if there is no such file, or if it is another user's link. */
function read(path: string): Buffer {
  try {
    return readFileSync(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW })
  } catch {
    return Buffer.alloc(0)
  }
}
