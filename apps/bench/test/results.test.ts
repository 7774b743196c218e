import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../src/cli/finish-copy.js'
import { failureNotes } from '../src/commands/failure-notes.js'
import { positiveInteger, positiveIntegers, words } from '../src/commands/option-values.js'
import { readResult, saveResult, type CopyResult } from '../src/run/result.js'
import { toSeries } from '../src/run/series.js'
import { renderResult } from '../src/run/tables.js'
import { copyResult, sample, variant } from './samples.js'

test('runs that did not do all of the work are kept but do not count', () => {
  const samples = [
    sample({ wallMs: 100 }),
    sample({ round: 2, wallMs: 5, failure: 'copied 1 of 10 objects' }),
  ]
  const series = toSeries(variant(), samples, { latencies: null, timeline: null })
  expect(series.medians.wallMs).toMatchObject({ count: 1, median: 100 })
  expect(series.samples).toHaveLength(2)
  expect(failureNotes([{ workload: 'small', summary: '', objects: 10, bytes: 1, series: [series] }])).toEqual(
    ["small, lagoon: 1 of 2 runs don't count; the first copied 1 of 10 objects"],
  )
})

test('a series in which every run failed has no figures', () => {
  const series = toSeries(variant(), [sample({ failure: 'ended with exit code 1' })], {
    latencies: null,
    timeline: null,
  })
  expect(series.medians.wallMs).toBeNull()
  expect(series.requestsPerObject).toBeNull()
})

test('a comparison shows each client and what the product is to each peer', () => {
  const text = renderResult(copyResult())
  expect(text).toContain('lagoon ÷ peer')
  expect(text).toMatch(/s3sync +0\.50× +0\.50…0\.50 +0\.25×/)
  expect(text).toContain('Note: juicefs sync is left out')
})

test('a saved result is read back as it was, and another kind is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const base = await saveResult(copyResult(), join(folder, 'deep', 'er'))
  expect(await readResult<CopyResult>(`${base}.json`, 'compare')).toEqual(copyResult())
  await expect(readResult<CopyResult>(`${base}.json`, 'throughput')).rejects.toMatchObject({
    code: 'LAGOON_BENCH_BASELINE',
  })
  await writeFile(join(folder, 'broken.json'), '{')
  await expect(readResult(join(folder, 'broken.json'), 'compare')).rejects.toMatchObject({
    code: 'LAGOON_BENCH_BASELINE',
  })
  await rm(folder, { recursive: true })
})

test('numbers in flags are whole and in range, and the flag is named when they are not', () => {
  expect(positiveIntegers('concurrency', ['8,32', '8', 64])).toEqual([8, 32, 64])
  for (const wrong of ['0', '-1', '1.5', 'many', '']) {
    expect(() => positiveInteger('repeats', wrong)).toThrow(/--repeats/)
  }
  expect(words(['a,b', ' c ', 'a'])).toEqual(['a', 'b', 'c'])
})

test('the command line that repeats a result is quoted for a shell', () => {
  expect(commandLine(['compare', '--out', "a b'c"])).toBe(`npx -y pnpm@12 bench compare --out 'a b'\\''c'`)
})
