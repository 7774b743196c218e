import { bytes, milliseconds, number } from '../format.js'
import type { MemoryResult } from './measure-case.js'

/** One row a run. */
export function memoryTable(results: readonly MemoryResult[]): { header: string[]; rows: string[][] } {
  return {
    header: ['objects', 'in flight', 'named', 'copied', 'wall', 'CPU an object', 'peak memory', 'in MB'],
    rows: results.map((result) => [
      result.failure === null ? result.name : `${result.name} (failed)`,
      number(result.concurrency),
      number(result.objects),
      number(result.copied),
      milliseconds(result.wallMs),
      result.cpuPerObjectUs === null ? '–' : `${number(result.cpuPerObjectUs)} µs`,
      bytes(result.peakMemoryBytes),
      result.peakMemoryBytes === null ? '–' : number(Math.round(result.peakMemoryBytes / 1e5) / 10),
    ]),
  }
}
