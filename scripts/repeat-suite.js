// Runs all tests several times in a row: `npx -y pnpm@12 repeat 10`, further arguments go to vitest. Says of each run how many
// tests there were, how long they took and which failed; ends with 1 if a run failed.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { readTestReport } from './test-report.js'

const report = 'artefacts/repeat.json'
const [runs, ...args] = process.argv.slice(2)
if (!/^[1-9]\d*$/.test(runs ?? '')) {
  console.error('usage: node scripts/repeat-suite.js <number of runs> [<arguments of vitest>]')
  process.exit(2)
}

let failedRuns = 0
for (let run = 1; run <= Number(runs); run += 1) {
  rmSync(report, { force: true })
  const startedAt = Date.now()
  const { status } = spawnSync('vitest', ['run', '--reporter=json', `--outputFile.json=${report}`, ...args], {
    stdio: 'ignore',
  })
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  const { count, failures } = readTestReport(report)
  console.log(`run ${run} of ${runs}: ${count}, ${seconds} s, vitest ended with ${status}`)
  for (const failure of failures) console.log(`  ${failure}`)
  if (status !== 0) failedRuns += 1
}
process.exit(failedRuns > 0 ? 1 : 0)
