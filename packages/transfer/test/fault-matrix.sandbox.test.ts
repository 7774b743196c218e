import type { FaultRule, Operation } from '@lagoon/s3-sandbox'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { FAULT_CASES, type FaultCase } from './support/fault-cases.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair, type SandboxPair } from './support/sandbox-pair.js'
import { threadsOfFile } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
/** Attempts that a busy machine makes time out must not use up those that a fault is to be survived with. */
const manyAttempts = createSimpleRunner({ maxAttempts: 20, baseDelayMs: 0 })

/** Only a stall is waited out, so only a stall needs short time limits. */
function timeoutsFor({ action }: FaultCase) {
  const waitMs = action.type === 'stall' ? 150 : 30_000
  return { connectTimeoutMs: 5000, firstByteTimeoutMs: waitMs, idleTimeoutMs: waitMs }
}

/** Ways of copying: one buffer, a stream, parts. */
const WAYS = [
  { name: 'gathered', bytes: 100_000, write: 'PutObject' },
  { name: 'streamed', bytes: 3 * MIB, write: 'PutObject' },
  { name: 'in parts', bytes: 5 * MIB + 100_000, write: 'UploadPart' },
] as const satisfies readonly { name: string; bytes: number; write: Operation }[]

type Way = (typeof WAYS)[number]

const table = new Map<FaultCase, string[]>(FAULT_CASES.map((fault) => [fault, []]))

async function arrange(way: Way, fault: FaultCase, times: number | undefined) {
  const pair = await sandboxPair()
  const body = bodyOf(way.bytes)
  if (way.name === 'in parts') await putPartsInSandbox(pair.source, 'from', 'k', body, 5 * MIB)
  else await pair.source.store.put('from', 'k', body)
  const rule: FaultRule = {
    operation: fault.side === 'source' ? 'GetObject' : way.write,
    action: fault.action,
    // The first GET of an object in parts is only looked at, then a part is asked for.
    ...(way.name === 'in parts' && {
      where: ({ query, headers }) => query.has('partNumber') || headers.range !== undefined,
    }),
    ...(times !== undefined && { times }),
  }
  pair[fault.side].faults.add(rule)
  const copier = pair.copier({
    source: { ...sandboxOptions(pair.source, 'from'), ...timeoutsFor(fault) },
    destination: { ...sandboxOptions(pair.destination, 'to'), ...timeoutsFor(fault) },
  })
  return { pair, body, copier }
}

async function bytesThere({ destination }: SandboxPair): Promise<Buffer | null> {
  const there = await destination.store.get('to', 'k')
  return there?.bytes ?? null
}

/** One thread meets every fault in every way. Several run the same code, so that each fault in one way is enough. */
const casesOf = (way: Way): FaultCase[] =>
  FAULT_CASES.filter((_, index) => threadsOfFile() === 1 || WAYS[index % WAYS.length] === way)

describe.each(WAYS)('a copy $name', (way) => {
  const cases = casesOf(way)
  const passing = cases.filter(({ final }) => !final)

  it.each(passing)('survives $name at the $side', async (fault) => {
    const { pair, body, copier } = await arrange(way, fault, 1)
    const result = await copier.copy({ key: 'k' }, fault.action.type === 'stall' ? manyAttempts : runner)
    expect(result).toMatchObject({ ok: true, bytes: way.bytes, verification: 'etag' })
    expect((await bytesThere(pair))?.equals(body)).toBe(true)
  })

  it.each(cases)('says why, and leaves nothing wrong, if $name at the $side persists', async (fault) => {
    const { pair, body, copier } = await arrange(way, fault, undefined)
    const result = await copier.copy({ key: 'k' }, runner)
    const code = (way.name === 'in parts' ? fault.codeInParts : undefined) ?? fault.stays.code
    expect(result).toMatchObject({ ok: false, failure: { side: expect.anything(), ...fault.stays, code } })
    // A store that fails to answer may have stored what it was sent.
    const there = await bytesThere(pair)
    expect(there === null || there.equals(body)).toBe(true)
    expect(pair.destination.store.uploads('to')).toEqual([])
    table.get(fault)!.push(result.ok ? 'copied' : `${result.failure.class} \`${result.failure.code}\``)
  })
})

it.runIf(threadsOfFile() === 1)('writes the matrix to a file', async () => {
  const rows = [...table]
    .filter(([, cells]) => cells.length === WAYS.length)
    .map(([fault, cells]) => {
      const once = fault.final ? 'fails' : 'copied exactly'
      return `| ${fault.name} | ${fault.side} | ${once} | ${cells.join(' | ')} |`
    })
  const text = [
    '# Fault matrix',
    '',
    'Written by `test/fault-matrix.sandbox.test.ts` from what happened. Each fault hits a copy in one buffer (100 kB), as a stream (3 MiB) and in',
    'parts (5 MiB and a rest). In every case the destination afterwards holds exactly the source’s bytes, or nothing.',
    '',
    '| fault | at | once | stays: gathered | stays: streamed | stays: in parts |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
  await expect(await format(text, { parser: 'markdown' })).toMatchFileSnapshot('../docs/fault-matrix.md')
})
