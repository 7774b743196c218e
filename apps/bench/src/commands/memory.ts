import { defineCommand } from '../cli/command.js'
import { count, toggle } from '../cli/options.js'
import { findProduct } from '../clients/find-clients.js'
import type { MeasuredOn } from '../environment.js'
import { BenchError } from '../errors.js'
import { bytes, milliseconds, number } from '../format.js'
import { measureCase, type MemoryResult } from '../memory/measure-case.js'
import { memoryCases } from '../memory/memory-case.js'
import { bars, table } from '../report/sections.js'
import { serveCertificate } from '../stores/certificate.js'

/** The product's memory: for the same objects many times over, and for mixes of sizes. */
export const memory = defineCommand({
  name: 'memory',
  summary: 'Measure peak memory: of many times the objects, and of mixes of sizes with very many in flight',
  options: {
    objects: count('Objects of the first run', 10_000),
    times: count('The second run has this many times the objects; 0 for none', 100, 0),
    size: count('Bytes of each object in these two', 32_768, 0),
    concurrency: count('In flight in these two', 32),
    inFlight: count('In flight in the mixes of sizes; 0 for no mixes', 1024, 0),
    seconds: count('How long each mix runs', 30),
    tls: toggle('The stores speak TLS'),
  },
  example: ['--times 0 --in-flight 128', 'The first run, and mixes with 128 in flight'],

  async measure(flags, session): Promise<{ results: MemoryResult[] } & MeasuredOn> {
    const cases = memoryCases({ ...flags, sizeBytes: flags.size, secondsEach: flags.seconds })
    const found = await findProduct()
    const tls = flags.tls ? await serveCertificate(session) : null
    session.expect(cases.length)
    const results: MemoryResult[] = []
    for (const wanted of cases) {
      const result = await measureCase(wanted, { found, tls, session })
      results.push(result)
      session.step(`${wanted.name}, ${wanted.concurrency} in flight: ${bytes(result.peakMemoryBytes)}`)
    }
    const stores = `two sandboxes on this machine${tls ? ', TLS' : ''}: one makes objects up, the other keeps no bytes`
    return { stores, clients: { lagoon: found.version }, results }
  },

  describe: ({ results }) => ({
    title: 'Memory of a run',
    headline: `${results.map(({ name, peakMemoryBytes }) => `${name}: ${bytes(peakMemoryBytes)}`).join('; ')}.`,
    sections: [
      table('Runs', results, {
        objects: ({ name, failure }) => (failure === null ? name : `${name} (failed)`),
        'in flight': ({ concurrency }) => number(concurrency),
        named: ({ objects }) => number(objects),
        copied: ({ copied }) => number(copied),
        wall: ({ wallMs }) => milliseconds(wallMs),
        'CPU an object': ({ cpuPerObjectUs: us }) => (us === null ? '–' : `${number(us)} µs`),
        'peak memory': ({ peakMemoryBytes }) => bytes(peakMemoryBytes),
        'in MB': ({ peakMemoryBytes: peak }) => (peak === null ? '–' : number(Math.round(peak / 1e5) / 10)),
      }),
      bars(
        'Peak memory',
        'lower',
        results.map(({ name, peakMemoryBytes }) => ({ label: name, values: [peakMemoryBytes], own: true })),
        (size) => bytes(Math.round(size)),
      ),
      ...results.map(({ name, concurrency, curve }) => ({
        type: 'lines' as const,
        title: `${name}, ${concurrency} in flight: resident memory`,
        x: { label: 'seconds', values: curve.map(({ timeMs }) => timeMs / 1_000) },
        axes: { left: 'MiB' },
        lines: [
          {
            label: 'resident',
            axis: 'left' as const,
            values: curve.map(({ residentBytes }) => residentBytes / 2 ** 20),
          },
        ],
        whyEmpty: 'the run ended within a second, or the kernel does not tell.',
      })),
    ],
    notes: results.flatMap(({ name, failure }) => (failure === null ? [] : [`${name}: ${failure}`])),
  }),

  judge({ results }) {
    const broken = results.filter(({ failure }) => failure !== null)
    if (broken.length === 0) return
    const named = broken.map(({ name, failure }) => `${name}: ${failure}`).join('; ')
    throw new BenchError('LAGOON_BENCH_PRODUCT', `runs of lagoon failed: ${named}`)
  },
})
