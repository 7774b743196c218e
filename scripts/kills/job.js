// @ts-check
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManifestWriter } from '../../packages/manifest/dist/index.js'
import { startSandbox } from '../../packages/s3-sandbox/dist/index.js'
import { openStateReadOnly } from '../../packages/state-lmdb/dist/index.js'
import { endpointOf } from '../../packages/testkit/dist/index.js'
import { lagoon, startLagoon } from '../compatibility/cli.js'
import { putObjects, randomBytes } from './modes.js'

/** @typedef {import('../../packages/s3-sandbox/dist/index.js').Sandbox} Sandbox */
/** @typedef {import('./modes.js').Mode} Mode */

const WRITES = /** @type {const} */ (['PutObject', 'CompleteMultipartUpload', 'CopyObject'])
/** Kills of the clock hit what sends no requests, such as the start. */
const MAX_MS = 1500

/** One copy job between two buckets, its truth, and the means to kill it and to look at what is left. */
export class KilledJob {
  #requests = 0
  /** @type {{ at: number, hit: () => void } | null} */
  #trap = null
  /** Requests of one run without a kill, as far as is known. */
  #expected = 30
  /** @type {Map<string, Buffer>} */
  #objects = new Map()
  /** Objects that were at the destination before the job and stay as they were. @type {Map<string, Buffer>} */
  #kept = new Map()
  /** Manifests that have not arrived yet. @type {[key: string, bytes: Buffer][]} */
  #coming = []

  /**
   * @param {Mode} mode
   * @param {() => number} random
   * @param {Sandbox} from
   * @param {Sandbox} to
   * @param {string} cwd
   */
  constructor(mode, random, from, to, cwd) {
    this.mode = mode
    this.random = random
    this.from = from
    this.to = to
    this.cwd = cwd
    this.between = {
      source: { endpoint: endpointOf(from), bucket: 'from' },
      destination: { endpoint: endpointOf(to), bucket: 'to' },
      cwd,
    }
  }

  /**
   * @param {Mode} mode
   * @param {() => number} random
   */
  static async create(mode, random) {
    /** @type {KilledJob | null} */
    let job = null
    const options = {
      shape: { latencyMs: { medianMs: 4, sigma: 0.8 } },
      seed: Math.floor(random() * 2 ** 31),
      onRequest: () => job?.onRequest(),
    }
    const from = await startSandbox({ ...options, buckets: mode.sameStore ? ['from', 'to'] : ['from'] })
    const to = mode.sameStore ? from : await startSandbox({ ...options, buckets: ['to'] })
    const made = new KilledJob(mode, random, from, to, await mkdtemp(join(tmpdir(), 'lagoon-kills-')))
    await made.#fill()
    job = made
    return made
  }

  async #fill() {
    const { mode, random, from, to } = this
    this.#objects = await putObjects(from, 'from', mode, random)
    const keys = [...this.#objects.keys()]
    const manifests = mode.watch ? 3 : 2
    for (let number = 0; number < manifests; number += 1) {
      const named = keys.filter((_, index) => index % manifests === number)
      this.#coming.push([`manifest/${number}.parquet`, await this.#manifestOf(named, number)])
    }
    for (const [key, bytes] of this.#coming.splice(0, mode.watch ? 1 : manifests)) {
      await from.store.put('from', key, bytes)
    }
    if (mode.before !== undefined) {
      for (const [key, bytes] of this.#objects) {
        if (random() < 0.6) continue
        const there = random() < 0.5 ? bytes : randomBytes(bytes.length, random)
        await to.store.put('to', key, there)
        if (mode.before === 'kept') this.#kept.set(key, there)
      }
    }
    if (mode.flips !== undefined) {
      const probability = mode.flips
      const action = /** @type {const} */ ({ type: 'flip', atByte: 100, side: 'request' })
      to.faults.add({ operation: ['PutObject', 'UploadPart'], probability, action })
    }
  }

  /**
   * @param {readonly string[]} keys
   * @param {number} number
   */
  async #manifestOf(keys, number) {
    const directory = join(this.cwd, `manifests-${number}`)
    await mkdir(directory)
    const writer = await createManifestWriter({ directory })
    for (const key of keys) {
      writer.write({ key })
      await writer.idle()
    }
    const [file] = await writer.close()
    return readFile(/** @type {{ path: string }} */ (file).path)
  }

  onRequest() {
    this.#requests += 1
    if (this.#trap !== null && this.#requests >= this.#trap.at) this.#trap.hit()
    if (this.mode.watch && this.#requests % 40 === 0) void this.#arrive()
  }

  async #arrive() {
    const next = this.#coming.shift()
    if (next !== undefined) await this.from.store.put('from', ...next)
  }

  /**
   * Starts the run and kills it, at a request or at a time. Returns whether it was killed before it had exited.
   *
   * @returns {Promise<boolean>}
   */
  async kill() {
    this.#requests = 0
    const { child, done } = startLagoon(
      ['sync', '--json', '--data-dir', 'state', ...this.mode.flags],
      this.between,
    )
    const hit = () => void child.kill('SIGKILL')
    const byTime = this.random() < 0.15
    const timer = byTime ? setTimeout(hit, this.random() * MAX_MS) : undefined
    if (!byTime) this.#trap = { at: 1 + Math.floor(this.random() * this.#expected), hit }
    // A watch that has nothing left to do never asks for as much.
    const last = this.mode.watch ? setTimeout(hit, 4 * MAX_MS) : undefined
    const { exitCode } = await done
    clearTimeout(timer)
    clearTimeout(last)
    this.#trap = null
    const killed = child.signalCode === 'SIGKILL'
    if (!killed && exitCode !== 0) throw new Error(`the run exited with code ${exitCode}`)
    if (killed && !byTime) this.#expected = Math.max(30, Math.ceil(this.#expected * 1.3))
    else if (!killed) this.#expected = Math.max(10, Math.floor(this.#requests * 0.9))
    return killed
  }

  /** What may not be, whatever moment the last run was killed at. */
  async checkAfterKill() {
    const state = await openStateReadOnly({ directory: join(this.cwd, 'state') })
    try {
      const keys = [...this.#objects.keys()]
      const recorded = state.lookup(keys)
      for (const [index, key] of keys.entries()) {
        const there = await this.to.store.get('to', key)
        const right = there !== null && this.#isRight(key, there.bytes)
        if (recorded[index] === 1 && !right) throw new Error(`${key} is recorded as complete and is not`)
        // Bytes that the store has flipped are wrong until the next attempt.
        const mayBeWrong = this.mode.before === 'replaced' || this.mode.flips !== undefined
        if (there !== null && !right && !mayBeWrong) throw new Error(`${key} is wrong at the destination`)
      }
    } finally {
      await state.close()
    }
  }

  /** @returns {Promise<void>} */
  async cleanUp() {
    const { exitCode, stderr } = await lagoon(['cleanup', '--data-dir', 'state'], this.between)
    if (exitCode !== 0) throw new Error(`cleanup ended with ${exitCode}: ${stderr.slice(-500)}`)
    this.#expectNoUploads('after cleanup')
  }

  /**
   * Lets the job end, and compares everything. Answers how many objects it has.
   *
   * @returns {Promise<number>}
   */
  async finish() {
    while (this.#coming.length > 0) await this.#arrive()
    const flags = this.mode.flags.filter(
      (flag, index, all) => flag !== '--watch' && all[index - 1] !== '--watch',
    )
    const { exitCode, stdout, stderr } = await lagoon(
      ['sync', '--json', '--data-dir', 'state', ...flags],
      this.between,
    )
    if (exitCode !== 0) throw new Error(`the last run ended with ${exitCode}: ${stderr.slice(-1000)}`)
    const summary = JSON.parse(
      stdout.split('\n').findLast((line) => line.includes('"type":"summary"')) ?? '{}',
    )
    const rows = summary.completed + summary.skipped
    for (const [key] of this.#objects) {
      const there = await this.to.store.get('to', key)
      if (there === null) throw new Error(`${key} was lost`)
      if (!this.#isRight(key, there.bytes)) throw new Error(`${key} is wrong at the end`)
    }
    this.#expectNoUploads('at the end')
    const keys = this.to.store.keys('to').length
    if (keys !== this.#objects.size)
      throw new Error(`${keys} keys at the destination, not ${this.#objects.size}`)
    const state = await openStateReadOnly({ directory: join(this.cwd, 'state') })
    const { complete } = state.counts()
    await state.close()
    if (complete !== this.#objects.size)
      throw new Error(`${complete} recorded as complete, not ${this.#objects.size}`)
    if (summary.failed !== 0 || Number.isNaN(rows))
      throw new Error(`the summary is ${JSON.stringify(summary)}`)
    return this.#objects.size
  }

  /**
   * @param {string} key
   * @param {Buffer} bytes
   */
  #isRight(key, bytes) {
    return bytes.equals(/** @type {Buffer} */ (this.#kept.get(key) ?? this.#objects.get(key)))
  }

  /** @param {string} when */
  #expectNoUploads(when) {
    const open = this.to.store.uploads('to')
    if (open.length > 0) throw new Error(`${open.length} uploads are open ${when}: ${open[0]?.key}`)
  }

  /** Writes that the destination was asked for. */
  get writes() {
    return WRITES.reduce((sum, operation) => sum + (this.to.requests.byOperation[operation] ?? 0), 0)
  }

  async [Symbol.asyncDispose]() {
    await this.from.close()
    if (this.to !== this.from) await this.to.close()
    await rm(this.cwd, { recursive: true, force: true })
  }
}
