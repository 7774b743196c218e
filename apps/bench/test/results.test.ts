import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandOf } from '../src/cli/command.js'
import { count, counts, milliseconds } from '../src/cli/options.js'
import { readResult, saveResult } from '../src/cli/save-result.js'
import { compare } from '../src/commands/compare.js'
import { renderText } from '../src/report/text.js'
import { failureNotes, toSeries } from '../src/run/series.js'
import { copyFindings, environment, sample, variant } from './samples.js'

test('incomplete runs are kept but do not count', () => {
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

test('a series with only failed runs has no figures', () => {
  const series = toSeries(variant(), [sample({ failure: 'ended with exit code 1' })], {
    latencies: null,
    timeline: null,
  })
  expect(series.medians.wallMs).toBeNull()
  expect(series.requestsPerObject).toBeNull()
})

test('a comparison shows each client and the ratio to each peer', () => {
  const text = renderText(compare.describe(copyFindings(3)), '')
  expect(text).toContain('Lagoon Sync ÷ peer')
  expect(text).toMatch(/\| s3sync \| +0\.50× \| +0\.50 … 0\.50 \| +0\.25× \|/)
  expect(text).toContain('Note: juicefs sync is left out')
  expect(text).toContain('small, lagoon: faster, 0.50 × the wall time of the fastest peer, s3sync')
})

test('a slower product is called slower, and nothing is called either after two rounds', () => {
  const { workloads, notes } = copyFindings(3)
  const [{ series, ...workload }] = workloads as [(typeof workloads)[0]]
  const [own, peer] = series as [(typeof series)[0], (typeof series)[0]]
  const swapped = [
    { ...own, samples: peer.samples, medians: peer.medians },
    { ...peer, samples: own.samples, medians: own.medians },
  ]
  const headline = compare.describe({ workloads: [{ ...workload, series: swapped }], notes }).headline
  expect(headline).toContain('slower, 2.00 × the wall time')
  expect(compare.describe(copyFindings(2)).headline).toContain('no clear difference, 0.50 ×')
})

test('a saved result survives a round trip, and another kind is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const result = { kind: 'compare', environment, ...copyFindings() }
  const base = await saveResult(result, '<!doctype html>', join(folder, 'deep', 'er'))
  expect(await readResult(`${base}.json`, 'compare')).toEqual(result)
  expect(await readFile(`${base}.html`, 'utf8')).toBe('<!doctype html>')
  const refused = { code: 'LAGOON_BENCH_BASELINE' }
  await expect(readResult(`${base}.json`, 'throughput')).rejects.toMatchObject(refused)
  await writeFile(join(folder, 'broken.json'), '{')
  await expect(readResult(join(folder, 'broken.json'), 'compare')).rejects.toMatchObject(refused)
  await rm(folder, { recursive: true })
})

test('numbers in flags must be integers in range, and the error names the flag', () => {
  expect(counts('').read(['8,32', '8', '64'], 'concurrency')).toEqual([8, 32, 64])
  expect(counts('', { words: ['installed'] }).read(['installed, 256'], 'concurrency')).toEqual([
    'installed',
    256,
  ])
  for (const wrong of ['0', '-1', '1.5', 'many', '']) {
    expect(() => count('', 3).read(wrong, 'repeats')).toThrow(/--repeats/)
  }
})

test('times in flags have a unit', () => {
  expect(milliseconds('').read('50ms', 'path')).toBe(50)
  expect(milliseconds('').read('1.5s', 'path')).toBe(1500)
  for (const wrong of ['50', '0ms', 'ms', '-1s', '']) {
    expect(() => milliseconds('').read(wrong, 'path')).toThrow(/--path must be a time such as 50ms/)
  }
})

test('the command line that repeats a result is quoted for a shell', () => {
  expect(commandOf(['compare', '--out', "a b'c"])).toBe(`npx -y pnpm@12 bench compare --out 'a b'\\''c'`)
})
