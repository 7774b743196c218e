import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { families } from '@lagoon/aimd/simulator'
import type { Argv } from 'yargs'
import { oneOf, positiveInteger } from '../commands/option-values.js'
import { simulate } from '../commands/simulate.js'
import { simulatePage } from '../report/simulate-page.js'
import { saveReport } from '../report/render-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { readLaw, type NamedLaw } from '../simulation/laws.js'
import { plotFamily, plotFile } from '../simulation/plot-svg.js'
import { familyTable, overallTable } from '../simulation/tables.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function simulateCommand(yargs: Argv, args: readonly string[]): Argv {
  const names = Object.keys(families)
  return yargs.command(
    'simulate',
    'Run control laws over simulated backends, far faster than real time',
    (command) =>
      outputFlags(command)
        .option('law', {
          type: 'string',
          array: true,
          default: ['adaptive', 'seed'],
          describe:
            'A preset, a preset with options (adaptive:intervalMs=1000), or a module; several by repeating it',
        })
        .option('family', {
          type: 'string',
          array: true,
          default: names,
          defaultDescription: 'all',
          describe: `Backends, several by repeating it: ${names.join('; ')}`,
        })
        .option('scenarios', { type: 'string', default: '20', describe: 'Scenarios of each family' })
        .option('first-seed', {
          type: 'string',
          default: '1',
          describe: 'Their parameters follow from seeds from here on',
        })
        .option('plots', {
          type: 'string',
          describe: 'Also draw a scenario of each family, with the first law, as SVG files into this folder',
        })
        .example(
          '$0 simulate --family "rate wall" --law adaptive --law adaptive:intervalMs=5000',
          'One option varied',
        ),
    async (flags) => {
      const first = positiveInteger('first-seed', flags.firstSeed, 0)
      const options = {
        laws: await Promise.all(flags.law.map(readLaw)),
        families: [...new Set(flags.family)].map((name) => oneOf('family', names, name)),
        seeds: Array.from(
          { length: positiveInteger('scenarios', flags.scenarios) },
          (_, index) => first + index,
        ),
        command: commandLine(args),
      }
      const result = await withSession((session) => simulate(options, session))
      if (flags.plots !== undefined) await savePlots(flags.plots, options)
      const base = await saveResult(result, flags.out)
      const tables = [overallTable(result.overall), familyTable(result.families)]
      const text = tables.map(({ header, rows }) => renderTable(header, rows)).join('\n\n')
      process.stdout.write(`${flags.json ? JSON.stringify(result) : text}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(simulatePage(result), base)}\n`)
    },
  )
}

async function savePlots(
  folder: string,
  { laws, families: wanted }: { laws: readonly NamedLaw[]; families: readonly string[] },
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const family of wanted)
    await writeFile(join(folder, plotFile(family)), plotFamily(family, laws[0]!.create))
}
