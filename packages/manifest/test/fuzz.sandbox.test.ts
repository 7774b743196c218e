import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SEED = Number(process.env['LAGOON_FUZZ_SEED'] ?? 20_260_101)
/** A commit tries a quarter of what is tried each night. */
const SHARE = Number(process.env['LAGOON_FUZZ_INPUTS'] ?? 10_000) / 40_000

/** A child that is silent for this long hangs: it is killed, and the test fails with its present inputs. It reports every hundredth. */
const HANG_MS = 60_000

test.for<[what: string, program: string, inputs: number]>([
  ['damaged Parquet files', 'read-mutants.mjs', 40_000],
  ['damaged lists and inventories', 'read-mutated-lists.mjs', 20_000],
])(
  '%s never crash, hang, lose rows in silence or need more than 300 MB',
  { timeout: 600_000 },
  async ([, program, most]) => {
    const inputs = Math.ceil(most * SHARE)
    const script = fileURLToPath(new URL(`programs/${program}`, import.meta.url))
    const args = ['--max-old-space-size=200', script, String(SEED), String(inputs)]
    const child = spawn(process.execPath, args)
    const watch = setTimeout(() => child.kill('SIGKILL'), HANG_MS)
    let output = ''
    let at = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => {
      at = (at + data.toString()).slice(-200)
      watch.refresh()
    })
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]))
    })
    clearTimeout(watch)
    expect({ code, signal }, `seed ${SEED}, stopped at: ${at}`).toEqual({ code: 0, signal: null })
    const result = JSON.parse(output) as {
      read: number
      refused: number
      unexpected: object[]
      peakMemoryMb: number
    }
    expect(result.unexpected, `seed ${SEED}`).toEqual([])
    expect(result.read + result.refused).toBe(inputs)
    expect(result.refused).toBeGreaterThan(inputs / 20)
    expect(result.read).toBeGreaterThan(inputs / 10)
    expect(result.peakMemoryMb).toBeLessThan(300)
  },
)
