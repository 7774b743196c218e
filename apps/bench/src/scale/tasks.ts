import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import aws4 from 'aws4'
import { discoverManifests, openManifest } from '@lagoon/manifest'
import { openState } from '@lagoon/state-lmdb'
import { createStore, type Store } from '@lagoon/transfer'
import { Client } from 'undici'
import type { BucketAccess } from '../stores/buckets.js'

interface State {
  directory: string
  identity: JobIdentity
}

interface Bucket {
  access: BucketAccess
  bucket: string
}

/** Tasks that are measured in a process of their own, so that the memory is that of the task alone. */
export type ScaleTask =
  /** Records keys `0`, `step`, `2 × step` … as complete, in a new or existing state. */
  | ({ task: 'record'; keys: number; step: number } & State)
  /** Looks up complete keys, in batches that jump over the whole range. */
  | ({ task: 'look-up'; keys: number } & State)
  /** Records every manifest of a bucket as finished. */
  | ({ task: 'finish'; prefix: string } & State & Bucket)
  /** Reads every key of every manifest of a bucket. */
  | ({ task: 'read'; prefix: string } & Bucket)
  /** Lists a bucket with consecutive ListObjectsV2 requests, and counts. */
  | ({ task: 'list' } & Bucket)

type TaskOf<Name extends ScaleTask['task']> = Extract<ScaleTask, { task: Name }>

/** The identity of a state. */
export interface JobIdentity {
  source: string
  destination: string
}

/** The result of a task. */
export interface ScaleAnswer {
  /** Keys that were recorded, looked up, read or listed. */
  keys: number
  /** Elapsed time, without start and end of the process. */
  durationMs: number
  /** Processor time of the same, which other work on the machine affects least. */
  cpuMs: number
  /** Size of the state's file once the last key was durable. */
  fileBytes?: number
}

/** Rows that `lagoon sync` looks up at once while all are complete, as a dry run always does. */
const batchRows = 65_536

/** Maximum number of keys to look up: enough to touch the whole range. */
const sampleKeys = 2_000_000

/** A step that is coprime to every requested number of keys: lookups jump over the whole range. */
const jump = 7_919

/** Runs a task in this process. */
export function runScaleTask(task: ScaleTask): Promise<ScaleAnswer> {
  switch (task.task) {
    case 'record':
      return record(task)
    case 'look-up':
      return lookUp(task)
    case 'finish':
      return finish(task)
    case 'read':
      return read(task)
    case 'list':
      return list(task)
  }
}

async function record({ directory, identity, keys, step }: TaskOf<'record'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const span = startSpan()
  for (let index = 0; index < keys; index += 1) {
    state.complete(scaleKey(index * step))
    const idle = state.idle()
    if (idle !== null) await idle
  }
  await state.flush()
  const times = span()
  const { size: fileBytes } = await stat(join(directory, 'state.mdb'))
  await state.close()
  return { keys, ...times, fileBytes }
}

async function lookUp({ directory, identity, keys }: TaskOf<'look-up'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const total = Math.min(keys, sampleKeys)
  const sum = { keys: Math.ceil(total / batchRows) * batchRows, durationMs: 0, cpuMs: 0 }
  for (let done = 0; done < total; done += batchRows) {
    const batch = Array.from({ length: batchRows }, (_, i) => scaleKey(((done + i) * jump) % keys))
    const span = startSpan()
    const answers = state.lookup(batch)
    const { durationMs, cpuMs } = span()
    sum.durationMs += durationMs
    sum.cpuMs += cpuMs
    if (answers.some((answer) => answer !== 1)) throw new Error('a complete key is not known')
  }
  await state.close()
  return sum
}

async function finish({ directory, identity, prefix, ...context }: TaskOf<'finish'>): Promise<ScaleAnswer> {
  const store = storeOf(context)
  const state = await openState({ directory, identity })
  const span = startSpan()
  let keys = 0
  for await (const ref of discoverManifests(store, { prefix })) {
    const { rows, rowGroups } = await openManifest(store, ref, { bucket: context.bucket })
    state.manifest(ref).finish({ rows, rowGroups: rowGroups.length })
    keys += rows
  }
  await state.close()
  await store.close()
  return { keys, ...span() }
}

async function read({ prefix, ...context }: TaskOf<'read'>): Promise<ScaleAnswer> {
  const store = storeOf(context)
  const span = startSpan()
  let keys = 0
  for await (const ref of discoverManifests(store, { prefix })) {
    const manifest = await openManifest(store, ref, { bucket: context.bucket })
    for await (const batch of manifest.batches()) keys += batch.keys.length
  }
  const times = span()
  await store.close()
  return { keys, ...times }
}

/** The baseline of listing: consecutive signed requests whose responses are searched only for keys to count and the next token. */
async function list({ access, bucket }: TaskOf<'list'>): Promise<ScaleAnswer> {
  const client = new Client(access.url)
  const span = startSpan()
  let keys = 0
  let token = ''
  do {
    const continuation = token === '' ? '' : `continuation-token=${encodeURIComponent(token)}&`
    const path = `/${bucket}?${continuation}encoding-type=url&list-type=2`
    const headers = { host: new URL(access.url).host }
    const signed = aws4.sign({ service: 's3', region: access.region, method: 'GET', path, headers }, access)
    const answer = await client.request({
      method: 'GET',
      path,
      headers: signed.headers as Record<string, string>,
    })
    const page = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`ListObjectsV2: ${answer.statusCode}`)
    keys += page.split('<Key>').length - 1
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1] ?? ''
  } while (token !== '')
  const times = span()
  await client.close()
  return { keys, ...times }
}

/** Starts measuring elapsed and processor time of this process; the returned function ends the measurement. */
function startSpan(): () => { durationMs: number; cpuMs: number } {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { durationMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 }
  }
}

/** A bucket with the product's own store client. */
function storeOf({ access: { url: endpointUrl, region, ...credentials }, bucket }: Bucket): Store {
  return createStore({ endpointUrl, region, bucket, credentials })
}

/** The key with this index: 57 bytes, as in a lake partitioned by day, with an incompressible part. */
export function scaleKey(index: number): string {
  const digest = (Math.imul(index, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  const day = String((index % 28) + 1).padStart(2, '0')
  return `lake/raw/year=2024/day=${day}/part-${String(index).padStart(10, '0')}-${digest}.bin`
}
