import { startSandbox } from '@lagoon/s3-sandbox'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import {
  s3Request,
  endpointOf,
  storePair,
  uniqueBucket,
  type S3Request,
  type S3Reply,
} from '../../src/index.js'
import type { StoreEndpoint } from '../../src/index.js'

/** The environment of a contract test: one store, and a bucket for it. */
export interface ContractStore {
  readonly endpoint: StoreEndpoint
  readonly bucket: string
  /** Sends a request about the bucket, unless another one is named. */
  ask(ask: S3Request): Promise<S3Reply>
  put(key: string, body: Uint8Array | string, headers?: Record<string, string>): Promise<S3Reply>
  get(key: string, headers?: Record<string, string>, query?: string): Promise<S3Reply>
  head(key: string, headers?: Record<string, string>, query?: string): Promise<S3Reply>
}

interface Backend {
  name: string
  start(): Promise<{ endpoint: StoreEndpoint; stop: () => Promise<void> }>
}

const sandboxInMemory: Backend = {
  name: 'the sandbox in memory',
  start: async () => {
    const sandbox = await startSandbox()
    return { endpoint: endpointOf(sandbox), stop: () => sandbox.close() }
  },
}

const sandboxOnDisk: Backend = {
  name: 'the sandbox on disk',
  start: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lagoon-sandbox-'))
    const sandbox = await startSandbox({ directory })
    return {
      endpoint: endpointOf(sandbox),
      stop: async () => {
        await sandbox.close()
        await rm(directory, { recursive: true })
      },
    }
  },
}

const real: Backend = {
  name: 'a real store',
  start: async () => ({ endpoint: storePair().source, stop: async () => {} }),
}

/** The same tests for every store: the sandbox must behave like a real store. */
export function describeContract(topic: string, tests: (store: ContractStore) => void): void {
  const backends =
    storePair().kind === 'minio' ? [sandboxInMemory, sandboxOnDisk, real] : [sandboxInMemory, sandboxOnDisk]
  describe.each(backends)(`${topic} on $name`, (backend) => {
    let endpoint: StoreEndpoint
    let stop: () => Promise<void>
    const bucket = uniqueBucket('contract')
    const ask = (asked: S3Request): Promise<S3Reply> => s3Request(endpoint, { bucket, ...asked })

    beforeAll(async () => {
      ;({ endpoint, stop } = await backend.start())
      await ask({ method: 'PUT' })
    })
    afterAll(() => stop())

    tests({
      get endpoint() {
        return endpoint
      },
      bucket,
      ask,
      put: (key, body, headers = {}) => ask({ method: 'PUT', key, body, headers }),
      get: (key, headers = {}, query = '') => ask({ key, headers, query }),
      head: (key, headers = {}, query = '') => ask({ method: 'HEAD', key, headers, query }),
    })
  })
}

/** Every text of the elements with this name. */
export function elements(reply: S3Reply, name: string): string[] {
  const found = reply.body.toString('utf8').matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))
  return [...found].map((match) => unescapeXml(match[1]!))
}

/** The text of the first element with this name; undefined if there is none. */
export function element(reply: S3Reply, name: string): string | undefined {
  return elements(reply, name)[0]
}

export function md5Hex(body: Uint8Array | string): string {
  return createHash('md5').update(body).digest('hex')
}

export function md5Base64(body: Uint8Array | string): string {
  return createHash('md5').update(body).digest('base64')
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" }
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (_, hex?: string, decimal?: string, name?: string) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (named[name] ?? ''),
  )
}
