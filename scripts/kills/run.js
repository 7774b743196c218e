// @ts-check
// Kills copy jobs with SIGKILL at random moments, in every mode, and checks what is left: `npx -y pnpm@12 kills 200`.
//
// After each kill, what the state calls complete is at the destination with the right bytes. Each job is killed a few times, at a random request or
// a random time, and then finished, or cleaned up first: every object is there and right, no upload is open, and the state counts every object.
//
// `--mode TEXT` runs only modes whose name contains it. `--seed N` repeats the moments of an earlier series, as far as timing allows.
import { parseArgs } from 'node:util'
import { seededRandom } from '../../packages/testkit/dist/index.js'
import { KilledJob } from './job.js'
import { MODES } from './modes.js'

const MAX_KILLS_PER_JOB = 6

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mode: { type: 'string', default: '' }, seed: { type: 'string' } },
})
const wanted = Number(positionals[0] ?? 200)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const random = seededRandom(seed)
const modes = MODES.filter(({ name }) => name.includes(values.mode))
/** @type {Map<string, { kills: number, jobs: number, objects: number, writes: number, cleanups: number, wrong: string[] }>} */
const figures = new Map(
  modes.map(({ name }) => [name, { kills: 0, jobs: 0, objects: 0, writes: 0, cleanups: 0, wrong: [] }]),
)
process.stderr.write(`seed ${seed}\n`)

let kills = 0
for (let turn = 0; kills < wanted; turn += 1) {
  const mode = modes[turn % modes.length]
  if (mode === undefined) throw new Error(`no mode is called ${values.mode}`)
  kills += await killJob(mode)
  process.stderr.write(`${kills} of ${wanted} kills, the last: ${mode.name}\n`)
}
process.stdout.write(table())
process.exit([...figures.values()].some(({ wrong }) => wrong.length > 0) ? 1 : 0)

/**
 * Runs one job to its end through several kills. Answers how many there were.
 *
 * @param {import('./modes.js').Mode} mode
 */
async function killJob(mode) {
  const figure = /** @type {NonNullable<ReturnType<typeof figures.get>>} */ (figures.get(mode.name))
  await using job = await KilledJob.create(mode, random)
  let killed = 0
  try {
    for (let times = 2 + Math.floor(random() * (MAX_KILLS_PER_JOB - 1)); times > 0; times -= 1) {
      if (!(await job.kill())) continue
      killed += 1
      await job.checkAfterKill()
    }
    if (random() < 0.3) {
      await job.cleanUp()
      figure.cleanups += 1
    }
    figure.objects += await job.finish()
    figure.writes += job.writes
  } catch (error) {
    const { message } = /** @type {Error} */ (error)
    figure.wrong.push(message)
    process.stderr.write(`WRONG in ${mode.name}: ${message}\n`)
  }
  figure.jobs += 1
  figure.kills += killed
  return killed
}

function table() {
  const rows = [...figures].map(
    ([name, { kills: killed, jobs, objects, writes, cleanups, wrong }]) =>
      `| ${name} | ${jobs} | ${killed} | ${cleanups} | ${objects} | ${writes} | ${wrong.length} |\n`,
  )
  return [
    '| mode | jobs | kills | cleanups | objects | writes | wrong |\n',
    '| --- | --- | --- | --- | --- | --- | --- |\n',
    ...rows,
  ].join('')
}
