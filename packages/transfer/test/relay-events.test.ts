import { ObjectTags } from '../src/copy/object-tags.js'
import { BadCopies } from '../src/copy/bad-copies.js'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BufferPool } from '../src/relay/buffer-pool.js'
import { SmallObjectRelay } from '../src/copy/small-object.js'
import { Capabilities } from '../src/s3/capabilities.js'
import type { EndpointRequest } from '../src/s3/endpoint.js'
import type { ExchangeControl, ExchangeHandler } from '../src/http1/exchange.js'
import { RateCap } from '../src/s3/rate-cap.js'
import type { RelayContext } from '../src/relay/context.js'
import { GATHER_LIMIT_BYTES } from '../src/relay/gathered-body.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { resolveWrittenObject, type WrittenObjectOptions } from '../src/options/destination-headers.js'
import { md5Of } from './support/objects.js'

/** One side of an attempt, whose connection a test plays by hand. */
class Side {
  readonly settings = resolveEndpoint({ region: 'us-east-1', bucket: 'b', endpointUrl: 'http://h:1' })
  readonly capabilities = new Capabilities(this.settings)
  byteCap: RateCap | null = null
  credentials: Promise<void> | null = null
  readonly redact = (text: string): string => text
  readonly endOf = (): number => 60_000
  readonly done: string[] = []
  request: EndpointRequest | null = null
  handler: ExchangeHandler | null = null
  readonly control: ExchangeControl = {
    abort: () => this.done.push('abort'),
    pause: () => this.done.push('pause'),
    resume: () => this.done.push('resume'),
  }

  prepare(): Promise<void> | null {
    return this.credentials
  }

  send(request: EndpointRequest, handler: ExchangeHandler): void {
    this.request = request
    this.handler = handler
  }

  connect(): void {
    this.handler!.onRequestStart(this.control)
  }

  answer(status: number, headers: Record<string, string>): void {
    this.handler!.onResponseStart(this.control, status, headers)
  }

  receive(bytes: Buffer): void {
    this.handler!.onResponseData(this.control, bytes)
  }

  end(): void {
    this.handler!.onResponseEnd()
  }

  fail(): void {
    this.handler!.onResponseError(new Error('broken'))
  }
}

const body = Buffer.from('the bytes of an object')
const headers = { 'content-length': String(body.length), etag: `"${md5Of(body)}"` }

function attempt(
  change: (source: Side, destination: Side) => void = () => undefined,
  written: WrittenObjectOptions = {},
) {
  const source = new Side()
  const destination = new Side()
  change(source, destination)
  const buffers = new BufferPool(GATHER_LIMIT_BYTES)
  const context = { source, destination, buffers } as unknown as RelayContext
  const request = { name: 'k', sourcePath: '/b/k', sourceQuery: '', destinationPath: '/b/k' }
  const stop = new AbortController()
  const copy = new SmallObjectRelay(context, request, {
    fitsSinglePut: () => true,
    written: resolveWrittenObject(written),
    unlessEtag: null,
    onlyIfMissing: false,
    bad: new BadCopies(context.destination, '/b/k', 'k'),
    tags: new ObjectTags(written.tags === true),
    sizeBytes: null,
  })
  return { source, destination, buffers, result: copy.start(stop.signal), abort: () => stop.abort() }
}

const aborted = { ok: false, failure: { class: 'aborted' } }

describe('an attempt that was aborted', () => {
  it('before its credentials arrived sends nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { source, result, abort } = attempt((from) => (from.credentials = promise))
    abort()
    resolve()
    expect(await result).toMatchObject(aborted)
    await promise
    expect(source.request).toBeNull()
  })

  it('before its credentials were refused is not reported as refused', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    const { result, abort } = attempt((_, to) => (to.credentials = promise))
    abort()
    reject(new Error('no credentials'))
    await promise.catch(() => undefined)
    expect(await result).toMatchObject(aborted)
  })

  it('before the source had a connection closes that connection', async () => {
    const { source, result, abort } = attempt()
    abort()
    source.connect()
    expect(source.done).toEqual(['abort'])
    expect(await result).toMatchObject(aborted)
  })

  it.each<[string, (source: Side) => void]>([
    ['is answered', (source) => source.answer(200, headers)],
    ['gets bytes', (source) => source.receive(body)],
    ['ends', (source) => source.end()],
    ['breaks', (source) => source.fail()],
  ])('stays so when the source %s nevertheless', async (_, late) => {
    const { source, destination, buffers, result, abort } = attempt()
    source.connect()
    source.answer(200, headers)
    abort()
    late(source)
    expect(await result).toMatchObject(aborted)
    expect(source.done).toEqual(['abort'])
    expect(destination.request).toBeNull()
    expect(buffers.reservedBytes).toBe(0)
  })

  it.each<[string, (destination: Side) => void]>([
    ['gets a connection', (destination) => destination.connect()],
    ['ends', (destination) => destination.end()],
    ['breaks', (destination) => destination.fail()],
  ])('stays so when the destination %s nevertheless', async (_, late) => {
    const { source, destination, buffers, result, abort } = attempt()
    source.connect()
    source.answer(200, headers)
    source.receive(body)
    source.end()
    expect(destination.request!.body).toEqual(body)
    abort()
    late(destination)
    expect(await result).toMatchObject(aborted)
    expect(buffers.reservedBytes).toBe(0)
  })
})

describe('an attempt', () => {
  it('that failed while tags were requested sends nothing afterwards', async () => {
    const { source, destination, result } = attempt(() => undefined, { tags: true })
    source.connect()
    const size = String(GATHER_LIMIT_BYTES + 1)
    source.answer(200, { ...headers, 'content-length': size, 'x-amz-tagging-count': '1' })
    const object = source.handler!
    await new Promise((resolve) => setTimeout(resolve, 0))
    await setImmediate()
    expect(source.request!.query).toBe('tagging=')
    object.onResponseError(new Error('broken'))
    source.connect()
    source.answer(200, {})
    source.receive(Buffer.from('<Tag><Key>a</Key><Value>b</Value></Tag>'))
    source.end()
    expect(await result).toMatchObject({ ok: false, failure: { code: 'ConnectionFailed' } })
    await setImmediate()
    expect(destination.request).toBeNull()
  })

  it("ends with the proof of the destination's ETag", async () => {
    const { source, destination, result } = attempt()
    source.connect()
    source.answer(200, headers)
    source.receive(body)
    source.end()
    destination.connect()
    destination.answer(200, { etag: headers.etag })
    destination.end()
    expect(await result).toMatchObject({ ok: true, bytes: body.length, value: { verification: 'etag' } })
  })

  it.each([
    ['fewer', body.subarray(1)],
    ['more', Buffer.concat([body, body])],
  ])('never sends %s bytes than announced', async (_, bytes) => {
    const { source, destination, result } = attempt()
    source.connect()
    source.answer(200, headers)
    source.receive(bytes)
    source.end()
    expect(await result).toMatchObject({ ok: false, failure: { code: 'ShortBody', class: 'transient' } })
    expect(destination.request).toBeNull()
  })

  it('ignores success for bytes that were not sent', async () => {
    const { source, destination, result } = attempt()
    source.connect()
    const size = GATHER_LIMIT_BYTES + 1
    source.answer(200, { ...headers, 'content-length': String(size) })
    source.receive(body)
    destination.connect()
    destination.answer(200, { etag: headers.etag })
    destination.end()
    expect(await result).toMatchObject({ ok: false, failure: { code: 'EarlyAnswer', side: 'destination' } })
    expect(source.done.at(-1)).toBe('abort')
  })

  it.each(['source', 'destination'] as const)('is slowed down by a cap of the %s alone', async (side) => {
    const { promise: resumed, resolve } = Promise.withResolvers<void>()
    const { source, destination } = attempt((from, to) => {
      // A byte per millisecond, and a hundred at once; the clock does not advance.
      const cap = new RateCap(1000, new BigInt64Array(1), () => 1_000_000_000n)
      cap.take(100)
      ;(side === 'source' ? from : to).byteCap = cap
      from.control.resume = resolve
    })
    source.connect()
    source.answer(200, headers)
    source.receive(body.subarray(0, 9))
    expect(source.done).toEqual(['pause'])
    await resumed
    source.receive(body.subarray(9))
    source.end()
    expect(destination.request).toBeNull()
  })
})
