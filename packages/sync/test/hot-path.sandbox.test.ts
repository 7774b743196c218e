import { existsSync, readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { SampleWindow } from '../src/copy/sample-window.js'
import { OutcomeReporter } from '../src/outcomes/reporter.js'
import { bodies, keys, rows } from './lake-rows.js'
import { twoStores, type TwoStores } from './two-stores.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const architecture = readFileSync(`${root}docs/architecture.md`, 'utf8')
const [, section = ''] = architecture.split('## The path of a small object')
/** The files that the walk through the code names, in its order. */
const named = [...section.split('\n## ')[0]!.matchAll(/`([a-z-]+\/src\/[^`\s]+\.ts)`/g)].map(
  ([, path]) => `packages/${path!}`,
)

const SOURCE = /(?:file:\/\/)?\/[^\s()]*?(packages\/(?:sync|transfer)\/src\/[^\s():?]+\.ts)/g

/** Runs a job of so many small objects, two at a time. */
async function copy(stores: TwoStores, count: number): Promise<void> {
  await stores.objects(bodies(keys(count)))
  await stores.manifest('manifest/a.parquet', rows(keys(count)), 1000)
  expect((await stores.run({ concurrency: { fixed: 2 } })).summary).toMatchObject({ completed: count })
}

/** Calls `onFrame` with the stack wherever one of these methods is called, until the test ends. */
function watch<T extends object>(
  target: T,
  methods: readonly (keyof T & string)[],
  onFrame: (stack: string) => void,
): void {
  for (const method of methods) {
    const original = target[method] as (...values: unknown[]) => unknown
    const spy = vi.spyOn(target as Record<string, () => unknown>, method)
    spy.mockImplementation(function (this: T, ...values: unknown[]) {
      onFrame(new Error('where').stack!)
      return original.apply(this, values)
    })
    onTestFinished(() => spy.mockRestore())
  }
}

it('a small object passes only through the files of the documented path, 25 at most', async () => {
  await using stores = await twoStores()
  const passed = new Set<string>()
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 200
  onTestFinished(() => void (Error.stackTraceLimit = limit))
  const collect = (stack: string): void => {
    for (const [, file] of stack.matchAll(SOURCE)) passed.add(file!)
  }
  // To the wire, but for manifests and listings, which no relay asks for; from the wire; and to the record.
  watch(Socket.prototype, ['write', 'cork'], (stack) => stack.includes('/relay/') && collect(stack))
  watch(SampleWindow.prototype, ['succeeded'], collect)
  watch(OutcomeReporter.prototype, ['copied'], collect)
  await copy(stores, 40)
  expect(passed.size).toBeGreaterThan(10)
  expect([...passed].filter((file) => !named.includes(file))).toEqual([])
  expect(named.length).toBeLessThanOrEqual(25)
})

it('the documented path names existing files', () => {
  expect(named.filter((file) => !existsSync(`${root}${file}`))).toEqual([])
  expect(named).not.toEqual([])
})

/** How often each function of the product ran, by its place, with its source. */
async function functionsOf(
  work: () => Promise<void>,
): Promise<Map<string, { count: number; source: string; before: string }>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Debugger.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await work()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const ran = new Map<string, { count: number; source: string; before: string }>()
  for (const { url, scriptId, functions } of result) {
    if (!/packages\/(?:sync|transfer|state-lmdb|aimd)\/src\//.test(url)) continue
    const { scriptSource: text } = await session.post('Debugger.getScriptSource', { scriptId })
    for (const { functionName, ranges } of functions) {
      const { startOffset: start, endOffset: end, count } = ranges[0]!
      const source = text.slice(start, end)
      ran.set(`${url.split('/packages/')[1]} ${functionName} ${start}`, {
        count,
        source,
        before: text.slice(0, start),
      })
    }
  }
  session.disconnect()
  return ran
}

it('a small object takes at most five promises', async () => {
  const of = async (count: number) => {
    await using stores = await twoStores()
    return await functionsOf(() => copy(stores, count))
  }
  await of(2)
  const [few, many] = [await of(20), await of(120)]
  const promises = [...many].filter(([name, { count, source, before }]) => {
    // The loop over a batch is counted as often as it continues.
    if (name.includes(' #beginAll ')) return false
    const isPromise = /^async\b/.test(source) || before.endsWith('new Promise(')
    // Once for each object, not once for a batch or a commit.
    return isPromise && count - (few.get(name)?.count ?? 0) > 50
  })
  // Named, so that one too many is seen by its name.
  expect(promises.map(([name]) => name).slice(5)).toEqual([])
  expect(promises.length).toBeGreaterThan(2)
})
