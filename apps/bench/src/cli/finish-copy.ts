import { BenchError } from '../errors.js'
import { copyPage } from '../report/copy-page.js'
import { saveReport } from '../report/render-page.js'
import { saveResult, type CopyResult } from '../run/result.js'
import { goodSamples } from '../run/series.js'
import { renderResult } from '../run/tables.js'

/**
 * Saves and prints a result. Throws `LAGOON_BENCH_PRODUCT` afterwards when a run of the product failed: a peer's
 * failure is a note, the product's is one of ours.
 */
export async function finishCopy(result: CopyResult, output: { json: boolean; out: string }): Promise<void> {
  const base = await saveResult(result, output.out)
  process.stdout.write(output.json ? `${JSON.stringify(result)}\n` : `${renderResult(result)}\n`)
  process.stderr.write(`saved ${base}.json and ${await saveReport(copyPage(result), base)}\n`)
  const own = result.workloads.flatMap(({ series }) => series.filter(({ client }) => client === 'lagoon'))
  const broken = own.filter((series) => goodSamples(series.samples).length < series.samples.length)
  if (broken.length > 0) {
    throw new BenchError(
      'LAGOON_BENCH_PRODUCT',
      `runs of lagoon failed (${broken.map(({ label }) => label).join(', ')})`,
      {
        hint: 'The notes above say why.',
      },
    )
  }
}

/** How to repeat it: the arguments as they were given. */
export function commandLine(args: readonly string[]): string {
  const quoted = args.map((arg) => (/^[\w./:,=@%+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
  return ['npx -y pnpm@12 bench', ...quoted].join(' ')
}
