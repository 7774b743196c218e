import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('programs/read-mutants.mjs', import.meta.url))
const SEED = Number(process.env['LAGOON_FUZZ_SEED'] ?? 20_260_101)
const INPUTS = Number(process.env['LAGOON_FUZZ_INPUTS'] ?? 40_000)

/** Kills a child that hangs, so that the test ends with the input it was at. */
const HANG_MS = 120_000

test(
  'forty thousand damaged files never crash, hang, lose rows in silence or need more than 300 MB',
  { timeout: HANG_MS + 10_000 },
  async () => {
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=200', SCRIPT, String(SEED), String(INPUTS)],
      {
        timeout: HANG_MS,
        killSignal: 'SIGKILL',
      },
    )
    let output = ''
    let at = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (at = (at + data.toString()).slice(-2_000)))
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]))
    })
    expect({ code, signal }, `seed ${SEED}, stopped at: ${at}`).toEqual({ code: 0, signal: null })
    const result = JSON.parse(output) as {
      read: number
      refused: number
      unexpected: object[]
      peakMemoryMb: number
    }
    expect(result.unexpected, `seed ${SEED}`).toEqual([])
    expect(result.read + result.refused).toBe(INPUTS)
    expect(result.refused).toBeGreaterThan(INPUTS / 2)
    expect(result.read).toBeGreaterThan(INPUTS / 10)
    expect(result.peakMemoryMb).toBeLessThan(300)
  },
)
