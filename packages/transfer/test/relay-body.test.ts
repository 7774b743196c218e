import { expect, it } from 'vitest'
import { BufferPool } from '../src/relay/buffer-pool.js'
import { RelayBody } from '../src/relay/body.js'

/** The two connections as a test plays them. */
function relay({ pool = new BufferPool(0), atOnce = false } = {}) {
  const given: Buffer[] = []
  const asked: string[] = []
  const source = {
    abort: () => asked.push('abort'),
    pause: () => asked.push('pause'),
    resume: () => asked.push('resume'),
  }
  const writer = {
    write(chunk: Uint8Array) {
      given.push(chunk as Buffer)
      return atOnce
    },
    end: () => asked.push('end'),
  }
  const body = new RelayBody(source, pool)
  return { body, given, asked, source, writer }
}

it('what the writer was given stays as it is, whatever happens to the chunk that came', () => {
  const { body, given, writer } = relay()
  body.start(writer)
  const window = Buffer.from('first')
  body.push(window)
  window.write('other')
  expect(given.map(String)).toEqual(['first'])
})

it('a GET goes on when the PUT has a connection', () => {
  const { body, asked, writer } = relay()
  expect(asked).toEqual([])
  body.start(writer)
  expect(asked).toEqual(['resume'])
})

it('a chunk that has not left holds the GET back and keeps its buffer, and no longer', () => {
  const { body, given, asked, writer } = relay()
  body.start(writer)
  body.push(Buffer.from('one'))
  expect(asked).toEqual(['resume', 'pause'])
  body.written()
  expect(asked).toEqual(['resume', 'pause', 'resume'])
  body.push(Buffer.from('two'))
  expect(given[1]!.buffer).toBe(given[0]!.buffer)
})

it('chunks that leave at once take one buffer and hold nothing back', () => {
  const { body, given, asked, writer } = relay({ atOnce: true })
  body.start(writer)
  body.push(Buffer.from('one'))
  body.push(Buffer.from('two'))
  body.end()
  expect(given[1]!.buffer).toBe(given[0]!.buffer)
  expect(asked).toEqual(['resume', 'resume', 'end'])
})

it('a buffer that may not have been written is never used again', () => {
  const pool = new BufferPool(0)
  const one = relay({ pool })
  one.body.start(one.writer)
  one.body.push(Buffer.from('one'))
  one.body.stop()
  const two = relay({ pool })
  two.body.start(two.writer)
  two.body.push(Buffer.from('two'))
  expect(two.given[0]!.buffer).not.toBe(one.given[0]!.buffer)
})

it('a writer that is gone is given nothing more, and asks nothing more of the GET', () => {
  const { body, given, asked, writer } = relay()
  body.start(writer)
  body.push(Buffer.from('one'))
  body.stop()
  asked.length = 0
  body.push(Buffer.from('two'))
  body.written()
  body.end()
  expect(given).toHaveLength(1)
  expect(asked).toEqual([])
})

it('a source that is held back goes on when the time is over and the chunk has left, whichever comes last', async () => {
  const early = relay()
  const { promise: resumed, resolve } = Promise.withResolvers<void>()
  early.body.start(early.writer)
  early.source.resume = () => resolve() as never
  early.asked.length = 0
  early.body.hold(1)
  early.body.push(Buffer.from('one'))
  early.body.written()
  expect(early.asked).not.toContain('resume')
  await resumed
  const late = relay()
  late.body.start(late.writer)
  late.body.push(Buffer.from('one'))
  late.body.hold(1)
  late.asked.length = 0
  const { promise: over, resolve: after } = Promise.withResolvers<void>()
  setTimeout(after, 2)
  await over
  expect(late.asked).toEqual([])
  late.body.written()
  expect(late.asked).toEqual(['resume'])
})
